// What each step takes in the scale model, in ms, and where the number is from. Change a number here and run `npm run scale` again:
// nothing else knows it. "Estimated": split by hand from one profile of the relay on one noisy core, so knees are rough.

export const serviceTimes = {
  /** A claim's own part of a transaction. Estimated from the profile: the sequencer's share of an event's CPU, claim half. */
  claimMs: 0.5,
  /** A lease's and a settle's part for one delivery, journal and prune included. Estimated, the other half. */
  deliveryMs: 0.7,
  /** What a transaction costs whatever is in it. Estimated: call, transaction, answer. */
  transactionMs: 0.3,
  /** Until a commit is durable; the object goes on meanwhile. Assumed: a write to storage in the same region. */
  syncMs: 8,
  /** One way between a Worker and an object, and back. Assumed: same region. */
  callMs: 3,
  /** From ringing to a consumer. Cloudflare, 2024: median of a send some 60 ms; delivery adds its own. */
  doorbellMs: 100,
  /** The ERP's answer to one call. Assumed: a fast one. */
  erpMs: 50,
  /** One journal transaction in D1, whatever is in it. Assumed: "several ms" of Cloudflare's own figures. */
  journalMs: 8,
  /** An event's part of a journal transaction. Assumed, of the order of what local D1 takes. */
  journalEventMs: 0.1,
} as const;

/** Bounds of the platform that the model holds to. Source: Cloudflare's limits pages. */
export const platformBounds = {
  /** Calls to one object a second: a soft limit. */
  objectCallsPerSecond: 1_000,
  /** Consumers of one queue at once. */
  consumers: 250,
  /** Messages of one queue a second. */
  queueMessagesPerSecond: 5_000,
  /** Connections of one consumer that wait for an answer at once. */
  connections: 6,
} as const;
