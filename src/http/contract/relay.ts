// The contract of what concerns the relay as a whole: alerts, partitions, ingest, health, and the routes that explain the API itself.

import * as z from 'zod';
import { alertsQuery } from '../admin/alerts.ts';
import { noteBody } from '../admin/resolutions.ts';
import { type ProblemCode, problems } from '../problems.ts';
import { at, atOrNull, count, grant, nextCursor, textOrNull } from './answer-fields.ts';
import type { ContractPart } from './row.ts';

const alert = z.object({
  id: z.string(),
  rule: z.string(),
  cause: z.string(),
  severity: z.string(),
  title: z.string(),
  summary: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number()]).nullable()),
  status: z.enum(['open', 'resolved']),
  count,
  since: at,
  openedAt: at,
  lastSeenAt: at,
  resolvedAt: atOrNull,
  acknowledged: z.object({ by: z.string(), at, note: z.string() }).nullable(),
  runbook: z.string(),
  /** Path of the issues it is about; null where there are none. */
  issues: textOrNull,
});

const partition = z.object({
  generation: count,
  partition: count,
  status: z.enum(['ok', 'unavailable']),
  open: count.optional(),
  ready: count.optional(),
  leased: count.optional(),
  running: count.optional(),
  held: count.optional(),
  deadLettered: count.optional(),
  unjournaled: count.optional(),
  oldestReadyAt: atOrNull.optional(),
});

const readiness = z.object({
  status: z.enum(['ready', 'degraded', 'not_ready']),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), required: z.boolean(), detail: textOrNull })),
});

const accepted = z.object({
  intake: z.string().optional(),
  events: z.array(
    z.object({ id: z.string(), status: z.enum(['accepted', 'duplicate', 'received', 'rejected']) }),
  ),
});

const numbers = z.record(z.string(), z.number());

const text = { contentType: 'text/plain' } as const;

const page = { contentType: 'text/html' } as const;

export const relayContract = {
  'GET /admin/alerts': {
    summary: 'List alerts, the newest first',
    tag: 'relay',
    query: alertsQuery,
    answers: { 200: z.object({ alerts: z.array(alert), nextCursor }) },
    problems: [],
  },
  'POST /admin/alerts/:id/acknowledge': {
    summary: 'Say that somebody looks after an alert',
    tag: 'relay',
    body: noteBody,
    answers: { 200: alert },
    problems: ['not_found'],
  },
  'GET /admin/partitions': {
    summary: 'Show what each sequencer has to do, and how far its journal is',
    tag: 'relay',
    answers: { 200: z.object({ generation: count, partitions: z.array(partition) }) },
    problems: [],
  },
  'GET /admin/costs': {
    summary: 'Show what the platform bills, per event and in dollars, as the relay counts it',
    tag: 'relay',
    answers: {
      200: z.object({
        since: at,
        isolateCount: count,
        unansweredCount: count,
        counts: numbers,
        perEvent: numbers.nullable(),
        dollarsPerMillionEvents: numbers.nullable(),
        prices: z.object({ asOf: z.string(), source: z.string(), dollarsPerMillion: numbers }),
      }),
    },
    problems: ['sequencer_unavailable'],
  },
  'ALL /hooks/:source': {
    summary: 'Take a webhook, signed as its sender signs; the answer is 202 or what the sender demands',
    tag: 'ingest',
    answers: { 202: accepted },
    problems: [
      ...(['unknown_source', 'method_not_allowed', 'unverified', 'unparsable_event'] as const),
      ...(['unreadable_request', 'headers_too_large', 'too_many_requests'] as const),
      ...(['body_too_large', 'temporarily_unavailable'] as const),
    ],
  },
  'GET /healthz': {
    summary: 'Say that the process answers',
    tag: 'relay',
    answers: { 200: z.object({ status: z.literal('ok') }) },
    problems: [],
  },
  'GET /readyz': {
    summary: 'Say whether what an event needs is there',
    tag: 'relay',
    answers: { 200: readiness, 503: readiness },
    problems: [],
  },
  'GET /': { summary: 'Name the routes, for people', tag: 'relay', answers: { 200: text }, problems: [] },
  'GET /problems/:code': {
    summary: 'Explain the code of a problem',
    tag: 'relay',
    params: { code: z.enum(Object.keys(problems) as [ProblemCode]) },
    answers: { 200: text },
    problems: ['not_found'],
  },
  'GET /openapi.json': {
    summary: 'Give this description of the API',
    tag: 'relay',
    answers: { 200: z.looseObject({ openapi: z.string() }) },
    problems: [],
  },
  'GET /dashboard/:file': {
    summary: 'Give a file of the dashboard',
    tag: 'relay',
    params: { file: z.enum(['app.js', 'chart.css', 'chart.js', 'style.css', 'icon.svg']) },
    answers: { 200: { contentType: 'application/octet-stream' } },
    problems: ['not_found'],
  },
  'GET /admin/me': {
    summary: 'Say who asks, and what the credential lets its holder do and see',
    tag: 'access',
    answers: {
      200: z.object({
        actor: z.string(),
        name: textOrNull,
        scopes: z.array(z.string()),
        sources: z.array(z.string()).nullable(),
        grants: z.array(grant).nullable(),
      }),
    },
    problems: [],
  },
  'GET /docs/api': {
    summary: 'Show this description of the API as a page',
    tag: 'relay',
    answers: { 200: page },
    problems: [],
  },
  'GET /docs': {
    summary: 'Show the index of the documentation',
    tag: 'relay',
    answers: { 200: page },
    problems: ['not_found'],
  },
  'GET /docs/:file': {
    summary: 'Show a page of the documentation, or a file of it',
    tag: 'relay',
    answers: { 200: page },
    problems: ['not_found'],
  },
  'GET /docs/:folder/:file': {
    summary: 'Show a page of a folder of the documentation, or a file of it',
    tag: 'relay',
    answers: { 200: page },
    problems: ['not_found'],
  },
} as const satisfies ContractPart;
