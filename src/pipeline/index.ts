// The way of a webhook, as a table of contents. Each stage is one file; each takes only what the one before it made.
//
//   1 receive   receive.ts      Request           → ReceivedRequest
//   2 verify    verify.ts       ReceivedRequest   → VerifiedRequest, EventIdentity
//   3 claim     claim.ts        EventIdentity     → fresh | duplicate        2xx only after this is durable
//   ── the queue carries doorbells, never the only copy ──
//   4 lease     deliver.ts      doorbell          → LeasedDelivery[]
//   - admit     admit.ts        LeasedDelivery[]  → those that may start now   the target is asked once a batch
//   5 perform   perform.ts      LeasedDelivery    → Settlement
//   6 settle    deliver.ts      Settlement        → DeliveryStatus, and what is next
//   7 replay    replay.ts       a past delivery   → a new delivery, to 4
//
// A request with several or thin events goes 1, 2, then claim-intake.ts, which takes it whole; enrich.ts fetches what its
// body does not hold; then each of its events is claimed for itself, as in 3.
//
// What decides in 3, 4, 6 and 7 is core/sequencer; this folder asks it and acts.

export { type AcceptDependencies, createAccept } from './accept.ts';
export {
  type DeliverDependencies,
  type DeliverFrom,
  type DeliverOptions,
  type DeliverSummary,
  deliver,
} from './deliver.ts';
export { type EnrichDependencies, type EnrichOptions, enrich, hasEnrichingSource } from './enrich.ts';
export { type OperationRelease, releaseOperation } from './hold-operation.ts';
