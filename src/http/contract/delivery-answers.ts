// What deliveries, lines and replays look like in answers (../to-wire.ts makes them).

import * as z from 'zod';
import {
  at,
  atOrNull,
  count,
  countOrNull,
  deliveryStatus,
  erpDocument,
  fieldErrors,
  journalStanding,
  nextCursor,
  redacted,
  textOrNull,
  wireBody,
} from './answer-fields.ts';

const event = z.object({
  id: z.string(),
  source: z.string(),
  eventId: z.string(),
  type: z.string(),
  entity: z.object({ kind: z.string(), id: z.string() }).nullable(),
  orderingKey: z.string(),
  sequence: z.number().nullable(),
  occurredAt: atOrNull,
  receivedAt: at,
  requestId: z.string(),
  /** It came by the sender's list, and by no webhook. */
  reconciled: z.literal(true).optional(),
});

const waiting = z.object({
  cause: z.string(),
  /** Absent where the caller may not know it. */
  on: textOrNull.optional(),
  until: atOrNull,
  reason: z.string().optional(),
});

const replayOf = z.object({
  of: z.string(),
  position: z.string(),
  revision: z.int().min(1),
  edited: z.boolean(),
  mapping: z.enum(['original', 'current']).nullable(),
  forced: z.boolean(),
  actor: z.string(),
  reason: z.string(),
  at,
});

const erpJob = z.object({
  ref: z.string(),
  startedAt: at,
  nextPollAt: at,
  pollCount: count,
  progress: z.number().min(0).max(1).nullable(),
});

export const delivery = z.object({
  id: z.string(),
  status: deliveryStatus,
  reason: textOrNull,
  code: textOrNull,
  message: textOrNull,
  route: z.string(),
  target: z.string(),
  operation: z.string(),
  operationKey: textOrNull,
  attemptCount: count,
  document: erpDocument.nullable(),
  inDoubtSince: atOrNull,
  job: erpJob.nullable(),
  waiting: waiting.nullable(),
  record: z.object({ id: z.string(), batch: z.string() }).nullable(),
  replay: replayOf.nullable(),
  supersededBy: textOrNull.optional(),
  resolvedBy: textOrNull,
  /** Under which its event is traced; null: it came while nothing was. */
  traceId: textOrNull,
  event,
  receivedAt: at,
  createdAt: at,
  updatedAt: at,
  redacted,
});

/** Of a delivery or a list of them, where only some fields were asked for. */
const selectedDelivery = delivery.partial().required({ id: true, redacted: true });

export const deliveryList = z.object({
  deliveries: z.array(delivery),
  nextCursor,
  journal: journalStanding,
});

export const selectedList = deliveryList.extend({ deliveries: z.array(selectedDelivery) });

const ledger = z
  .union([
    z.object({ effect: z.literal('possibly_done'), since: at }),
    z.object({ effect: z.literal('succeeded'), document: erpDocument, inputHash: textOrNull }),
  ])
  .nullable();

const exchange = z.object({
  at,
  durationMs: z.number().min(0),
  request: z.object({ method: z.string(), url: z.string().optional(), body: textOrNull.optional() }),
  response: z.object({ status: z.int(), body: textOrNull.optional() }).nullable(),
  failure: textOrNull,
});

const attemptOutcome = z.looseObject({
  kind: z.string(),
  effect: z.enum(['none', 'possible', 'done']),
  reason: textOrNull,
  message: textOrNull,
});

const attempt = z.object({
  number: count,
  mode: z.enum(['perform', 'doubt', 'poll']),
  epoch: z.number(),
  startedAt: at,
  endedAt: at,
  outcome: attemptOutcome,
  /** The mapped input, where it was kept whole; its text, where it was cut. */
  input: z.unknown(),
  exchanges: z.array(exchange),
});

const policy = z.looseObject({
  after: z.array(z.unknown()),
  waitMs: count,
  onStale: z.enum(['run', 'skip']),
  onDeadLetter: z.enum(['block', 'continue']),
  retry: z.object({ attempts: count, baseMs: count, capMs: count }),
});

/** `changes` null: an earlier version of the relay kept none. */
const edit = z.object({
  by: z.string(),
  at,
  reason: z.string(),
  changes: z
    .array(z.object({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() }))
    .nullable(),
  otherChangeCount: count,
});

export const deliveryDetail = delivery.extend({
  event: event.extend({
    headers: z.record(z.string(), z.string()).nullable().optional(),
    body: wireBody.nullable().optional(),
    parsed: z.unknown(),
  }),
  policy,
  ledger,
  editedInput: z.unknown(),
  edit: edit.nullable(),
  attempts: z.array(attempt),
  log: z.array(z.object({ at, event: z.string(), fields: z.record(z.string(), z.unknown()) })),
  droppedAttemptCount: count,
  related: z.array(delivery),
  journal: z.enum(['current', 'unavailable']),
});

export const selectedDetail = deliveryDetail.partial().required({ id: true, redacted: true });

/** What a dry run shows. */
const dryRun = z.object({
  dryRun: z.literal(true),
  deliveryId: z.string(),
  would: z.enum(['perform', 'look_up_first', 'answer_duplicate', 'be_superseded', 'nothing']),
  supersededBy: textOrNull,
  route: z.string(),
  target: z.string(),
  adapter: z.string(),
  operation: z.object({ name: z.string(), version: count }),
  operationKey: textOrNull,
  ledger,
  input: z.unknown(),
  inputHash: textOrNull,
  calls: z.array(
    z.object({
      step: z.enum(['lookup', 'perform', 'verify', 'poll']),
      method: z.string(),
      url: z.string(),
      headers: z.record(z.string(), z.string()),
      /** Absent where the caller may not see payloads. */
      body: z.unknown().optional(),
      sent: z.boolean(),
      status: z.int().nullable(),
      failure: textOrNull,
    }),
  ),
  callsEnd: z.object({
    kind: z.enum(['first_write', 'nothing_to_write', 'not_asked', 'nothing_to_do']),
    message: textOrNull,
    outcome: attemptOutcome.nullable(),
    later: z.array(z.string()),
  }),
  redacted,
  problem: z.object({ code: z.string(), message: z.string(), errors: fieldErrors }).nullable(),
});

const replayed = z.object({ deliveryId: z.string(), replayOf: z.string() });

const refused = z.array(z.object({ deliveryId: z.string(), reason: z.string() }));

export const replayAnswers = { 200: dryRun, 202: replayed } as const;

export const planAnswer = z.object({
  count,
  callCount: count,
  oldestReceivedAt: atOrNull,
  groups: z.array(
    z.object({
      target: z.string(),
      operation: z.string(),
      reason: textOrNull,
      code: textOrNull,
      count,
    }),
  ),
  otherGroupCount: count,
  sample: z.array(delivery),
});

export const closedAnswer = z.object({ deliveryId: z.string(), status: deliveryStatus });

export const releasedAnswer = z.object({ released: z.array(z.string()), refused, hasMore: z.boolean() });

const line = z.object({
  orderingKey: z.string(),
  target: z.string(),
  blocked: z.boolean(),
  cause: z.string(),
  on: textOrNull.optional(),
  since: at,
  until: atOrNull,
  ageSeconds: count,
  behindCount: count,
  head: z.object({
    id: z.string(),
    route: z.string(),
    operation: z.string(),
    source: z.string(),
    type: z.string(),
    eventId: z.string(),
    sequence: z.number().nullable(),
    reason: textOrNull,
    message: textOrNull,
  }),
  gaps: z.array(
    z.object({ source: z.string(), after: z.number(), next: z.number(), missingCount: countOrNull }),
  ),
  redacted: redacted.optional(),
});

export const lineList = z.object({ lines: z.array(line), nextCursor });
