// The contract of subscriptions: URLs that are told, signed, of what their maker may see.

import * as z from 'zod';
import { subscriptionChange } from '../admin/change-subscription.ts';
import { reasonBody, rotateBody } from '../admin/credentials.ts';
import { subscriptionBody } from '../admin/subscriptions.ts';
import { at, count, textOrNull } from './answer-fields.ts';
import type { ContractPart } from './row.ts';

const names = z.array(z.string()).nullable();

const subscription = z.object({
  id: z.string(),
  url: z.string(),
  description: z.string(),
  types: z.array(z.string()),
  sources: names,
  targets: names,
  entities: names,
  owner: textOrNull,
  state: z.string(),
  createdAt: at,
  createdBy: z.string(),
  disabled: z.object({ by: z.string(), reason: z.string(), at }).nullable(),
  failing: z.object({ since: at, lastAt: at, message: z.string() }).nullable(),
});

/** The secret is shown in this answer and never again. */
const withSecret = z.object({ subscription, secret: z.string() });

const registry = ['registry_key_missing', 'registry_unavailable'] as const;
const found = ['not_found', ...registry] as const;

export const subscriptionContract = {
  'GET /admin/subscriptions': {
    conditional: 'shown',
    summary: 'List subscriptions',
    tag: 'subscriptions',
    answers: { 200: z.object({ subscriptions: z.array(subscription) }) },
    problems: registry,
  },
  'POST /admin/subscriptions': {
    summary: 'Make a subscription; its secret is shown once',
    tag: 'subscriptions',
    body: subscriptionBody,
    answers: { 201: withSecret },
    problems: ['limit_reached', ...registry],
  },
  'GET /admin/subscriptions/:id': {
    conditional: 'shown',
    summary: 'Show a subscription',
    tag: 'subscriptions',
    answers: { 200: subscription },
    problems: found,
  },
  'PATCH /admin/subscriptions/:id': {
    conditional: 'changed',
    summary: 'Change the address or the filter of a subscription, or turn it on or off',
    tag: 'subscriptions',
    body: subscriptionChange,
    answers: { 200: subscription },
    problems: found,
  },
  'DELETE /admin/subscriptions/:id': {
    conditional: 'changed',
    summary: 'Remove a subscription',
    tag: 'subscriptions',
    body: reasonBody,
    answers: { 200: z.object({ id: z.string(), removed: z.literal(true) }) },
    problems: found,
  },
  'POST /admin/subscriptions/:id/rotate': {
    conditional: 'changed',
    summary: 'Give a subscription a new secret; the old one signs beside it for a while',
    tag: 'subscriptions',
    body: rotateBody,
    answers: { 200: withSecret },
    problems: ['limit_reached', ...found],
  },
  'POST /admin/subscriptions/:id/test': {
    summary: 'Send a test event, and say what the receiver answered',
    tag: 'subscriptions',
    body: reasonBody,
    answers: {
      200: z.object({
        id: z.string(),
        messageId: z.string(),
        status: count.nullable(),
        taken: z.boolean(),
        message: textOrNull,
      }),
    },
    problems: found,
  },
  'POST /admin/subscriptions/:id/disable': {
    conditional: 'changed',
    summary: 'Stop a subscription',
    tag: 'subscriptions',
    body: reasonBody,
    answers: { 200: subscription },
    problems: found,
  },
  'POST /admin/subscriptions/:id/enable': {
    conditional: 'changed',
    summary: 'Start a subscription again',
    tag: 'subscriptions',
    body: reasonBody,
    answers: { 200: subscription },
    problems: found,
  },
} as const satisfies ContractPart;
