// The contract of sources, what they sent that was not accepted, intakes, and reconciliation with their senders.

import * as z from 'zod';
import { reconcileBody } from '../admin/reconciliation.ts';
import { rejectedQuery } from '../admin/rejected-requests.ts';
import { noteBody } from '../admin/resolutions.ts';
import { grantsBody } from '../admin/sources.ts';
import { at, atOrNull, count, grant, nextCursor, redacted, textOrNull, wireBody } from './answer-fields.ts';
import type { ContractPart } from './row.ts';

const source = z.object({
  id: z.string(),
  /** Null: nothing is posted; the relay asks an ERP by itself. */
  ingestPath: textOrNull,
  preset: z.string(),
  scheme: z.string(),
  topics: z.array(z.string()).nullable(),
  secretVariable: textOrNull,
  hasPreviousSecret: z.boolean(),
  /** Null: what its routes say. */
  grants: z.union([z.array(grant), z.literal('unavailable')]).nullable(),
  /** Whether it names its sender's own list. */
  reconciles: z.boolean(),
});

const sourceGrants = z.object({
  id: z.string(),
  grants: z.array(grant).nullable(),
  refusedRoutes: z.array(z.string()),
});

const intakeFields = { id: z.string(), source: z.string(), requestId: z.string(), receivedAt: at } as const;

const intake = z.object({
  ...intakeFields,
  finishedAt: atOrNull,
  events: z.array(
    z.object({
      id: z.string(),
      eventId: textOrNull,
      type: textOrNull,
      status: z.enum(['received', 'enriching', 'accepted', 'duplicate', 'rejected', 'dead', 'dropped']),
      failureCount: count.optional(),
      message: textOrNull.optional(),
      notBeforeAt: atOrNull.optional(),
      eventRecordId: z.string().optional(),
      reason: z.string().optional(),
      field: z.string().optional(),
      rule: z.string().optional(),
      at: at.optional(),
      actor: z.string().optional(),
      note: z.string().optional(),
    }),
  ),
});

const revived = {
  tag: 'sources',
  body: noteBody,
  answers: { 200: z.object({ intake: z.string(), items: z.array(z.string()) }) },
} as const;

const run = z.object({
  from: at,
  to: at,
  startedAt: at,
  listedCount: count,
  heldCount: count,
  missingCount: count,
  unreadableCount: count,
  missing: z.array(
    z.object({ id: textOrNull, eventId: z.string(), type: z.string(), orderingKey: z.string() }),
  ),
});

const rejected = z.object({
  id: z.string(),
  source: z.string(),
  at,
  stage: z.string(),
  reason: z.string(),
  detail: textOrNull,
  headers: z.record(z.string(), z.string()).nullable().optional(),
  body: wireBody.nullable().optional(),
  redacted,
});

export const sourceContract = {
  'GET /admin/sources': {
    summary: 'List sources: who may post, where, and how it is verified',
    tag: 'sources',
    answers: { 200: z.object({ sources: z.array(source) }) },
    problems: [],
  },
  'GET /admin/sources/:id/grants': {
    conditional: 'shown',
    summary: 'Show what a source may run',
    tag: 'sources',
    answers: { 200: sourceGrants },
    problems: ['not_found', 'registry_key_missing', 'sequencer_unavailable'],
  },
  'PUT /admin/sources/:id/grants': {
    conditional: 'changed',
    summary: 'Set what a source may run',
    tag: 'sources',
    body: grantsBody,
    answers: { 200: sourceGrants },
    problems: ['not_found', 'registry_key_missing', 'sequencer_unavailable'],
  },
  'GET /admin/sources/:id/reconciliation': {
    summary: 'Show how a source stands against what its sender lists',
    tag: 'sources',
    answers: {
      200: z.object({
        source: z.string(),
        everyMs: count,
        comparedThrough: atOrNull,
        checkedAt: atOrNull,
        underWay: run.nullable(),
        last: run.nullable(),
        subscriptions: z
          .object({
            lost: z.array(z.object({ type: z.string(), state: z.enum(['missing', 'disabled']) })),
          })
          .nullable(),
        failure: z.object({ at, since: at, message: z.string() }).nullable(),
      }),
    },
    problems: ['not_found'],
  },
  'POST /admin/sources/:id/reconcile': {
    summary: 'Compare a range with what the sender lists, and bring in what is missing',
    tag: 'sources',
    body: reconcileBody,
    answers: { 200: run.extend({ source: z.string(), dryRun: z.boolean(), cursor: textOrNull }) },
    problems: ['not_found', 'sender_unavailable', 'sequencer_unavailable'],
  },
  'GET /admin/rejected-requests': {
    summary: 'List what was not accepted and why, the newest first',
    tag: 'sources',
    query: rejectedQuery,
    answers: {
      200: z.object({
        rejectedRequests: z.array(rejected),
        nextCursor,
        counts: z.array(z.object({ source: z.string(), reason: z.string(), count })),
      }),
    },
    problems: ['journal_unavailable'],
  },
  'GET /admin/intakes': {
    summary: 'List intakes with work left, the oldest first',
    tag: 'sources',
    answers: {
      200: z.object({
        intakes: z.array(z.object({ ...intakeFields, counts: z.record(z.string(), count) })),
      }),
    },
    problems: ['sequencer_unavailable'],
  },
  'GET /admin/intakes/:id': {
    summary: 'Show one intake with its events',
    tag: 'sources',
    answers: { 200: intake },
    problems: ['not_found', 'sequencer_unavailable'],
  },
  'POST /admin/intakes/:id/retry': {
    ...revived,
    summary: 'Fetch the dead items of an intake again',
    problems: ['not_found', 'wrong_state', 'sequencer_unavailable'],
  },
  'POST /admin/intakes/:id/drop': {
    ...revived,
    summary: 'Give the dead items of an intake up',
    problems: ['not_found', 'wrong_state', 'sequencer_unavailable'],
  },
} as const satisfies ContractPart;
