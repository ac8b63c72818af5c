// The contract of deliveries, lines, replays of one, direct operations and their jobs.

import * as z from 'zod';
import { deliveriesQuery, deliveryQuery } from '../admin/deliveries.ts';
import { linesQuery } from '../admin/lines.ts';
import { replayBody, replayQuery } from '../admin/replays.ts';
import { noteBody, resolveBody } from '../admin/resolutions.ts';
import { tailQuery } from '../admin/tail.ts';
import { runBody } from '../operations.ts';
import { at, count, deliveryStatus, erpDocument, textOrNull } from './answer-fields.ts';
import {
  closedAnswer,
  deliveryDetail,
  deliveryList,
  lineList,
  replayAnswers,
  selectedDetail,
  selectedList,
} from './delivery-answers.ts';
import type { ContractPart } from './row.ts';

const closing = { tag: 'deliveries', body: noteBody, answers: { 200: closedAnswer } } as const;

const job = z.object({
  id: z.string(),
  status: z.enum(['accepted', 'queued', 'running', 'held', 'succeeded', 'failed', 'cancelled']),
  operation: z.string(),
  target: z.string(),
  deliveryId: textOrNull,
  attemptCount: count,
  progress: z.number().min(0).max(1).nullable(),
  result: z
    .object({
      how: textOrNull,
      document: erpDocument,
      failedRecords: z.array(
        z.object({
          recordId: textOrNull,
          deliveryId: z.string(),
          status: deliveryStatus,
          code: textOrNull,
          message: textOrNull,
        }),
      ),
    })
    .nullable(),
  problem: z.object({ reason: textOrNull, code: textOrNull, message: z.string() }).nullable(),
  callback: z.object({ deliveryId: z.string(), status: deliveryStatus }).nullable(),
  createdAt: at,
  updatedAt: at,
});

const callback = z.object({ deliveryId: z.string(), status: deliveryStatus });

export const deliveryContract = {
  'GET /admin/deliveries': {
    summary: 'Search deliveries, the newest received event first',
    tag: 'deliveries',
    query: deliveriesQuery,
    answers: { 200: deliveryList },
    selected: selectedList,
    problems: ['sequencer_unavailable'],
  },
  'GET /admin/deliveries/:id': {
    summary: 'Show everything that is kept of one delivery',
    tag: 'deliveries',
    query: deliveryQuery,
    answers: { 200: deliveryDetail },
    selected: selectedDetail,
    problems: ['not_found', 'journal_unavailable', 'sequencer_unavailable'],
  },
  'GET /admin/tail': {
    summary: 'Open a WebSocket that is told of deliveries as they change',
    tag: 'deliveries',
    headers: {
      Upgrade: 'Compulsory: `websocket`.',
      'Sec-WebSocket-Protocol': '`holdfast.tail.v1, ticket.…` of callers that cannot send `Authorization`.',
    },
    query: tailQuery,
    answers: { 101: { contentType: 'application/json' } },
    problems: ['upgrade_required', 'not_found', 'tail_full', 'sequencer_unavailable'],
  },
  'POST /admin/tail/tickets': {
    summary: 'Make a ticket that opens the live tail once',
    tag: 'deliveries',
    answers: { 200: z.object({ ticket: z.string(), expiresAt: at }) },
    problems: ['sequencer_unavailable'],
  },
  'POST /admin/deliveries/:id/replay': {
    summary: 'Replay one delivery, perhaps with an edited input, or show what a replay would do',
    tag: 'deliveries',
    query: replayQuery,
    body: replayBody,
    answers: replayAnswers,
    problems: [
      ...(['not_found', 'replay_open', 'not_finished', 'route_removed', 'payload_removed'] as const),
      'original_missing',
      ...(['invalid_input', 'key_field_edited', 'mapping_failed', 'journal_unavailable'] as const),
      'sequencer_unavailable',
    ],
  },
  'POST /admin/deliveries/:id/resolve': {
    ...closing,
    summary: 'Close a delivery: it was done by hand, or shall not be done',
    body: resolveBody,
    problems: ['not_found', 'wrong_state', 'sequencer_unavailable'],
  },
  'POST /admin/deliveries/:id/skip': {
    ...closing,
    summary: 'Close a delivery: it shall not be done',
    problems: ['not_found', 'wrong_state', 'sequencer_unavailable'],
  },
  'POST /admin/deliveries/:id/release': {
    ...closing,
    summary: 'Let a held delivery go on',
    problems: ['not_found', 'wrong_state', 'sequencer_unavailable'],
  },
  'POST /admin/deliveries/:id/hold': {
    ...closing,
    summary: 'Hold a delivery that waits; its line waits behind it',
    problems: ['not_found', 'wrong_state', 'sequencer_unavailable'],
  },
  'POST /admin/deliveries/:id/cancel': {
    ...closing,
    summary: 'Close a delivery that waits or is held, without trying it',
    problems: ['not_found', 'wrong_state', 'sequencer_unavailable'],
  },
  'POST /admin/deliveries/:id/unblock': {
    ...closing,
    summary: 'Let the line of a delivery go on',
    problems: ['not_found', 'wrong_state', 'sequencer_unavailable'],
  },
  'GET /admin/lines': {
    summary: 'List lines, the longest blocked first',
    tag: 'deliveries',
    query: linesQuery,
    answers: { 200: lineList },
    problems: ['sequencer_unavailable'],
  },
  'POST /operations/:operation': {
    summary: 'Run an operation directly',
    tag: 'operations',
    headers: {
      'Idempotency-Key': 'Compulsory: 1 to 255 printable characters. The same key and request run once.',
      Prefer: '`wait=N` waits up to N seconds for the end; `respond-async` does not wait.',
    },
    body: runBody,
    answers: { 200: job, 202: job },
    problems: [
      ...(['idempotency_key_missing', 'unknown_operation', 'not_granted', 'invalid_input'] as const),
      ...(['idempotency_key_reused', 'operation_in_progress', 'operation_cancelled'] as const),
      ...(['operation_rejected', 'operation_failed', 'not_found', 'sequencer_unavailable'] as const),
    ],
  },
  'GET /jobs/:id': {
    summary: 'Show what became of a direct request',
    tag: 'operations',
    answers: { 200: job },
    problems: ['not_found', 'sequencer_unavailable'],
  },
  'POST /callbacks/:deliveryId': {
    summary: "Say that an ERP's job has ended: the ERP is asked at once",
    tag: 'operations',
    answers: { 200: callback, 202: callback },
    problems: ['not_found', 'sequencer_unavailable'],
  },
} as const satisfies ContractPart;
