// The fault switches: what can be made to go wrong, and the dice that decide when.
// Deterministic: the same seed gives the same calls the same fate, in the order they arrive.
// May not touch the store.

import * as z from 'zod';
import { ERP_AREAS } from './erp.ts';

const rate = z.number().min(0).max(1).default(0);

/** 120 s: past any time-out a caller may have; longer would only hold sockets. */
const MAX_SLOW_MS = 120_000;

/** 600 s: a late commit beyond ten minutes is a test nobody waits for. */
const MAX_COMMIT_AFTER_MS = 600_000;

export const erpFaults = z.strictObject({
  /** Another seed, another choice of calls. */
  seed: z.int().default(1),
  /** Routes the rates apply to, as `POST /api/invoices/:documentId/post`. Empty: all of them. */
  only: z.array(z.string()).default([]),
  /** Share of API calls answered 500 before anything happened. */
  errorRate: rate,
  /** Share of writes that commit and whose answer is lost. */
  lostAnswerRate: rate,
  /** What a lost answer looks like: a gateway's 504 or 502, or a 200 whose body breaks off. */
  lostAnswerMode: z.enum(['http_504', 'http_502', 'cut']).default('http_504'),
  /** A lost write commits this long after its answer, in ms. Without a `lostAnswerRate` every write does. */
  commitAfterMs: z.int().min(0).max(MAX_COMMIT_AFTER_MS).default(0),
  /** Share of writes answered 200 with `null` and not done at all. */
  noEffectRate: rate,
  /** Share of writes answered 409 `record_locked` before anything happened: somebody else has the record open. */
  lockedRate: rate,
  /** Share of API calls whose answer waits `slowMs`; what they do is done at once. */
  slowRate: rate,
  slowMs: z.int().min(0).max(MAX_SLOW_MS).default(0),
  /** Everything under /api and /auth is 503. */
  down: z.boolean().default(false),
  /** Set to true: every token ends now. Reads back false. */
  tokenExpired: z.boolean().default(false),
  /** How an ended or unknown token is answered: 401, or a 200 that holds an error. */
  expiredAs: z.enum(['401', 'envelope']).default('401'),
  /** Fields renamed in successful answers: `{ "documentId": "docId" }`. */
  renamedField: z.record(z.string(), z.string()).default({}),
  modulesOff: z.array(z.enum(ERP_AREAS)).default([]),
  /** API calls over `perSecond` in one second of the ERP's clock are 429. */
  rateLimit: z
    .strictObject({ perSecond: z.int().min(0), retryAfterSeconds: z.int().min(0).default(1) })
    .nullable()
    .default(null),
  /** SKUs refused wherever a line names them, with `invalid_record`. */
  invalidSkus: z.array(z.string()).default([]),
  /** Writes to these routes are answered 202 with a job that is done `afterMs` later; `GET /api/jobs/:jobId` tells. */
  async: z
    .strictObject({
      routes: z.array(z.string()).min(1),
      afterMs: z.int().min(0).max(MAX_COMMIT_AFTER_MS).default(1_000),
    })
    .nullable()
    .default(null),
  /** False: the `Idempotency-Key` header is ignored. */
  idempotency: z.boolean().default(true),
});

export type ErpFaults = z.infer<typeof erpFaults>;

export const NO_FAULTS: ErpFaults = erpFaults.parse({});

export type Chance = 'error' | 'lost' | 'no_effect' | 'locked' | 'slow';

/** Whether the fault strikes call `callNumber`. A higher rate strikes the same calls and some more. */
export function strikes(faults: ErpFaults, chance: Chance, call: { number: number; route: string }): boolean {
  if (faults.only.length > 0 && !faults.only.includes(call.route)) return false;
  return draw(`${faults.seed}/${chance}/${call.number}`) < rateOf(faults, chance);
}

function rateOf(faults: ErpFaults, chance: Chance): number {
  if (chance === 'error') return faults.errorRate;
  if (chance === 'slow') return faults.slowRate;
  if (chance === 'no_effect') return faults.noEffectRate;
  if (chance === 'locked') return faults.lockedRate;
  return faults.lostAnswerRate === 0 && faults.commitAfterMs > 0 ? 1 : faults.lostAnswerRate;
}

/** An even number in [0, 1) from a text: FNV-1a, then murmur3's finalizer, for FNV alone leaves near texts near. */
function draw(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** Renames fields at any depth of an answer. */
export function renameFields(value: unknown, names: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(value)) return value.map((item) => renameFields(item, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [names[name] ?? name, renameFields(item, names)]),
  );
}
