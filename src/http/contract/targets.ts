// The contract of targets: the ERPs operations run on, and what an operator does to one.

import * as z from 'zod';
import { capabilitiesQuery } from '../admin/capabilities.ts';
import { noteBody } from '../admin/resolutions.ts';
import { circuitBody, releaseBody } from '../admin/targets.ts';
import { at, atOrNull, count, countOrNull, redacted, textOrNull } from './answer-fields.ts';
import { releasedAnswer } from './delivery-answers.ts';
import type { ContractPart } from './row.ts';

/** What its object tells; absent where it does not answer, and where the caller may not see it. */
const standing = {
  circuit: z.object({
    state: z.enum(['closed', 'open', 'half_open']),
    openedAt: atOrNull,
    nextProbeAt: atOrNull,
    failedProbes: count,
    reason: textOrNull,
  }),
  pause: z.object({ at, actor: z.string(), note: z.string() }).nullable(),
  unauthorized: z.object({ at, message: z.string(), retryAt: atOrNull }).nullable(),
  throttledUntil: atOrNull,
  inFlight: count,
  lastFailures: z.array(
    z.object({
      at,
      deliveryId: z.string(),
      operation: z.string(),
      health: z.string(),
      message: z.string(),
    }),
  ),
  token: z
    .object({
      strategy: z.string(),
      expiresAt: atOrNull,
      refreshExpiresAt: atOrNull,
      isPersisted: z.boolean(),
    })
    .nullable(),
} as const;

const adapter = z.object({ name: z.string(), version: z.string(), level: z.string(), once: z.string() });

const target = z.object({
  id: z.string(),
  adapter: adapter.extend({ operations: z.array(z.string()) }),
  baseUrl: textOrNull,
  network: z.string(),
  timeoutMs: count,
  quietMs: count,
  limits: z.object({
    concurrency: countOrNull,
    rate: z.object({ calls: count, perMs: count }).nullable(),
    windows: z.array(z.object({ days: z.array(z.int()).optional(), from: z.string(), to: z.string() })),
    timeZone: z.string(),
  }),
  heldOperations: z
    .array(
      z.object({
        operation: z.string(),
        since: at,
        deliveryId: z.string(),
        adapter: z.string(),
        issues: z.array(z.object({ path: z.string(), expected: z.string(), actual: z.string() })),
      }),
    )
    .nullable()
    .optional(),
  status: z.enum(['ok', 'unavailable']),
  ...z.object(standing).partial().shape,
  redacted: redacted.optional(),
});

const controlled = {
  tag: 'targets',
  body: noteBody,
  answers: { 200: z.object({ id: z.string(), ...standing }) },
  conditional: 'changed',
} as const;

const capability = z.object({
  supported: z.boolean(),
  reason: z.string().nullable().optional(),
  level: z.enum(['proven', 'recorded', 'documented']).optional(),
  atomicBatch: z.boolean().nullable().optional(),
  nativeIdempotency: z.boolean().optional(),
  async: z.enum(['never', 'possible', 'always']).optional(),
  modules: z.array(z.string()).optional(),
  limits: z.array(z.string()).optional(),
  missingModules: z.array(z.string()).nullable().optional(),
});

const instance = z.object({
  status: z.enum(['read', 'unread', 'not_offered']),
  message: z.string().optional(),
  askedAt: at.optional(),
  readAt: at.optional(),
  validUntil: at.optional(),
  version: textOrNull.optional(),
  company: textOrNull.optional(),
  currency: textOrNull.optional(),
  modules: z.array(z.string()).nullable().optional(),
  lockedThrough: textOrNull.optional(),
});

export const targetContract = {
  'GET /admin/targets': {
    summary: 'List targets and how each is doing',
    tag: 'targets',
    answers: { 200: z.object({ targets: z.array(target) }) },
    problems: [],
  },
  'GET /admin/targets/:id': {
    conditional: 'shown',
    summary: 'Show a target and how it is doing',
    tag: 'targets',
    answers: { 200: target },
    problems: ['not_found'],
  },
  'GET /admin/targets/:id/capabilities': {
    summary: 'Show what an adapter can do, and what its ERP says of itself',
    tag: 'targets',
    query: capabilitiesQuery,
    answers: {
      200: z.object({
        target: z.string(),
        adapter,
        operations: z.record(z.string(), capability),
        instance,
      }),
    },
    problems: ['not_found'],
  },
  'POST /admin/targets/:id/pause': {
    ...controlled,
    summary: 'Pause a target: nothing is sent to it',
    problems: ['not_found'],
  },
  'POST /admin/targets/:id/resume': {
    ...controlled,
    summary: 'End the pause of a target',
    problems: ['not_found'],
  },
  'POST /admin/targets/:id/circuit': {
    ...controlled,
    summary: 'Open or close the circuit of a target by hand',
    body: circuitBody,
    problems: ['not_found'],
  },
  'POST /admin/targets/:id/release': {
    summary: 'Let what is held for a target go on',
    tag: 'targets',
    body: releaseBody,
    answers: { 200: releasedAnswer },
    problems: ['not_found', 'target_unauthorized', 'sequencer_unavailable'],
  },
} as const satisfies ContractPart;
