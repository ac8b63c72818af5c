// The contract of bulk jobs: one act on everything that matches a filter.

import * as z from 'zod';
import { bulkActs } from '../../core/bulk/bulk-job.ts';
import { bulkBody, bulkQuery } from '../admin/bulk-jobs.ts';
import { planBody } from '../admin/plan-replays.ts';
import { noteBody } from '../admin/resolutions.ts';
import { at, atOrNull, count, countOrNull, nextCursor, redacted } from './answer-fields.ts';
import { planAnswer } from './delivery-answers.ts';
import type { ContractPart } from './row.ts';

const bulkJob = z.object({
  id: z.string(),
  act: z.enum(bulkActs),
  /** Of `resolve` only. */
  as: z.enum(['done', 'dropped']).optional(),
  /** As it was asked for. */
  filter: z.record(z.string(), z.unknown()),
  reason: z.string(),
  actor: z.string(),
  status: z.enum(['running', 'succeeded', 'cancelled', 'failed']),
  ratePerSecond: z.int().min(1),
  limit: z.int().min(1),
  /** Null until they are counted. */
  total: countOrNull,
  done: count,
  refused: count,
  /** The first ones. */
  refusals: z.array(z.object({ deliveryId: z.string(), reason: z.string() })),
  /** The newest ones first. */
  deliveryIds: z.array(z.object({ deliveryId: z.string(), replayOf: z.string().optional() })),
  createdAt: at,
  updatedAt: at,
  finishedAt: atOrNull,
  estimatedEndAt: atOrNull,
  /** Why it did not come to its end, where nobody cancelled it. */
  problem: z.object({ code: z.string(), message: z.string() }).optional(),
  cancelled: z.object({ by: z.string(), note: z.string() }).optional(),
  redacted,
});

export const bulkContract = {
  'POST /admin/replays': {
    summary: 'Start a job that replays, skips, resolves or releases all that matches',
    tag: 'deliveries',
    headers: { Prefer: '`wait=N` waits up to N seconds for its end, at most 60.' },
    body: bulkBody,
    answers: { 202: bulkJob },
    problems: ['not_found', 'limit_reached', 'sequencer_unavailable'],
  },
  'POST /admin/replays/plan': {
    summary: 'Show what a bulk job would take, and take nothing',
    tag: 'deliveries',
    body: planBody,
    answers: { 200: planAnswer },
    problems: ['not_found', 'sequencer_unavailable'],
  },
  'GET /admin/replays': {
    summary: 'List bulk jobs, running ones first, else the newest first',
    tag: 'deliveries',
    query: bulkQuery,
    answers: { 200: z.object({ replays: z.array(bulkJob), nextCursor }) },
    problems: ['sequencer_unavailable'],
  },
  'GET /admin/replays/:id': {
    summary: 'Show how a bulk job stands',
    tag: 'deliveries',
    answers: { 200: bulkJob },
    problems: ['not_found', 'sequencer_unavailable'],
  },
  'POST /admin/replays/:id/cancel': {
    summary: 'Stop a bulk job; what it has done stays done',
    tag: 'deliveries',
    body: noteBody,
    answers: { 200: bulkJob },
    problems: ['not_found', 'wrong_state', 'sequencer_unavailable'],
  },
} as const satisfies ContractPart;
