// The contract of what tells how the relay does: issues, the overview and the metrics.

import * as z from 'zod';
import { issueStates } from '../../core/issues/issue.ts';
import { issuesQuery } from '../admin/issues.ts';
import { overviewQuery } from '../admin/overview.ts';
import { noteBody } from '../admin/resolutions.ts';
import { at, atOrNull, count, journalStanding, nextCursor, redacted, textOrNull } from './answer-fields.ts';
import { delivery } from './delivery-answers.ts';
import type { ContractPart } from './row.ts';

const seen = { count, openCount: count, firstSeenAt: at, lastSeenAt: at } as const;

/** Whoever sees a part of the relay only is not told who said what of an issue. */
const issue = z.object({
  id: z.string(),
  target: z.string(),
  operation: z.string(),
  reason: z.string(),
  code: textOrNull,
  state: z.enum(issueStates),
  stateSince: at,
  stateBy: textOrNull.optional(),
  note: textOrNull.optional(),
  reopenedCount: count.optional(),
  ...seen,
  message: textOrNull,
  lastDeliveryId: textOrNull,
  sources: z.array(z.object({ source: z.string(), ...seen })),
  redacted,
});

const act = {
  tag: 'issues',
  body: noteBody,
  answers: { 200: issue },
  problems: ['not_found', 'wrong_state', 'journal_unavailable'],
} as const;

const flow = {
  received: count,
  delivered: count,
  waiting: count,
  held: count,
  deadLettered: count,
  closed: count,
  latencyMs: z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
  lastReceivedAt: atOrNull,
} as const;

const overview = z.object({
  at,
  windowMinutes: count,
  countedFrom: at,
  isWhole: z.boolean(),
  journal: journalStanding,
  all: z.object(flow),
  bucketSeconds: count,
  buckets: z.array(z.object({ from: at, received: count, delivered: count, deadLettered: count })),
  sources: z.array(z.object({ id: z.string(), ...flow, openFailures: count })),
  targets: z.array(
    z.object({
      id: z.string(),
      ...flow,
      openFailures: count,
      oldestReadyAt: atOrNull,
      circuit: z.enum(['closed', 'open', 'half_open']).nullable().optional(),
      paused: z.boolean().nullable().optional(),
      unauthorized: z.boolean().nullable().optional(),
    }),
  ),
  oldestReadyAt: atOrNull,
  backlogAgeMs: z.number(),
  issues: z.object({ open: count, acknowledged: count, ignored: count }),
  alerts: z.object({ critical: count, warning: count }).nullable().optional(),
  missing: z.array(z.string()),
  redacted,
});

export const issueContract = {
  'GET /admin/issues': {
    summary: 'List issues: failures by their cause, the last seen first',
    tag: 'issues',
    query: issuesQuery,
    answers: { 200: z.object({ issues: z.array(issue), nextCursor, journal: journalStanding }) },
    problems: ['journal_unavailable'],
  },
  'GET /admin/issues/:id': {
    summary: 'Show an issue with some of its deliveries',
    tag: 'issues',
    answers: { 200: issue.extend({ deliveries: z.array(delivery), alert: textOrNull }) },
    problems: ['not_found', 'journal_unavailable'],
  },
  'POST /admin/issues/:id/acknowledge': { ...act, summary: 'Say that somebody looks after an issue' },
  'POST /admin/issues/:id/resolve': { ...act, summary: 'Say that an issue is over' },
  'POST /admin/issues/:id/ignore': { ...act, summary: 'Have nobody told of an issue any more' },
  'POST /admin/issues/:id/reopen': { ...act, summary: 'Open an issue again' },
  'GET /admin/overview': {
    summary: 'Show how the relay does, by source and target',
    tag: 'relay',
    query: overviewQuery,
    answers: { 200: overview },
    problems: [],
  },
  'GET /metrics': {
    summary: 'Show the same counts for Prometheus',
    tag: 'relay',
    answers: { 200: { contentType: 'text/plain' } },
    problems: [],
  },
} as const satisfies ContractPart;
