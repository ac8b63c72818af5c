// The contract of credentials, secrets and the audit.

import * as z from 'zod';
import { auditQuery, exportQuery } from '../admin/audit.ts';
import { credentialBody, reasonBody, rotateBody } from '../admin/credentials.ts';
import { secretKinds } from '../admin/secret-kinds.ts';
import { secretBody } from '../admin/secrets.ts';
import { at, atOrNull, count, grant, nextCursor, textOrNull } from './answer-fields.ts';
import type { ContractPart } from './row.ts';

const credential = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  state: z.enum(['active', 'expired', 'revoked']),
  sources: z.array(z.string()).nullable(),
  grants: z.array(grant).nullable(),
  keys: z.array(z.object({ hint: z.string(), createdAt: at, endsAt: atOrNull })),
  token: z.object({ issuer: z.string(), subject: z.string() }).nullable(),
  createdAt: at,
  createdBy: z.string(),
  expiresAt: atOrNull,
  lastUsedAt: atOrNull,
  revoked: z.object({ at, by: z.string(), reason: z.string() }).nullable(),
});

/** `key`: shown this once; null where the credential is proven by a token. */
const issued = z.object({ credential, key: textOrNull });

const usage = z.object({
  credential: z.string(),
  scopes: z.array(z.object({ scope: z.string(), firstUsedAt: at, lastUsedAt: at })),
  operations: z.array(
    z.object({ operation: z.string(), target: z.string(), firstUsedAt: at, lastUsedAt: at }),
  ),
  unusedScopes: z.array(z.string()),
  unusedGrants: z.array(grant),
});

const secret = z.object({
  name: z.string(),
  fields: z.array(z.string()),
  versions: z.array(
    z.object({
      version: count,
      keyId: z.string(),
      createdAt: at,
      createdBy: z.string(),
      endsAt: atOrNull,
    }),
  ),
});

/** `login`: of a target, what its ERP said where it was held for want of a good credential. */
const secretSet = secret.extend({
  login: z
    .object({
      status: z.enum(['not_needed', 'authorized', 'refused', 'unavailable']),
      message: textOrNull,
    })
    .optional(),
});

/** What can be set, whether or not it is. */
const settable = z.object({
  name: z.string(),
  fields: z.array(z.string()),
  optionalFields: z.array(z.string()),
});

const act = z.object({
  id: z.string(),
  at,
  actor: z.string(),
  action: z.string(),
  deliveryId: textOrNull,
  orderingKey: textOrNull,
  target: textOrNull,
  before: textOrNull,
  after: textOrNull,
  reason: z.string(),
  number: count.nullable(),
  hash: textOrNull,
});

const kind = { kind: z.enum(secretKinds) } as const;

const unavailable = ['registry_key_missing', 'registry_unavailable', 'sequencer_unavailable'] as const;

export const accessContract = {
  'GET /admin/credentials': {
    conditional: 'shown',
    summary: 'List credentials',
    tag: 'access',
    answers: { 200: z.object({ credentials: z.array(credential) }) },
    problems: [...unavailable],
  },
  'POST /admin/credentials': {
    summary: 'Make a credential; its key is shown this once',
    tag: 'access',
    body: credentialBody,
    answers: { 201: issued },
    problems: ['exceeds_own_access', 'limit_reached', 'credential_not_active', 'not_found', ...unavailable],
  },
  'GET /admin/credentials/:id': {
    conditional: 'shown',
    summary: 'Show a credential',
    tag: 'access',
    answers: { 200: credential },
    problems: ['not_found', ...unavailable],
  },
  'GET /admin/credentials/:id/usage': {
    summary: 'Show what a credential does, and what it was granted and does not use',
    tag: 'access',
    answers: { 200: usage },
    problems: ['not_found', ...unavailable],
  },
  'POST /admin/credentials/:id/rotate': {
    conditional: 'changed',
    summary: 'Give a credential a new key; the old one goes on for the overlap',
    tag: 'access',
    body: rotateBody,
    answers: { 200: issued },
    problems: ['not_found', 'credential_not_active', 'exceeds_own_access', ...unavailable],
  },
  'POST /admin/credentials/:id/revoke': {
    conditional: 'changed',
    summary: 'Revoke a credential',
    tag: 'access',
    body: reasonBody,
    answers: { 200: credential },
    problems: ['not_found', ...unavailable],
  },
  'GET /admin/secrets': {
    conditional: 'shown',
    summary: 'List secrets, never their values',
    tag: 'access',
    answers: { 200: z.object({ secrets: z.array(secret), settable: z.array(settable) }) },
    problems: [...unavailable],
  },
  'GET /admin/secrets/:kind/:id': {
    conditional: 'shown',
    summary: 'Show what is known of a secret, never its values',
    tag: 'access',
    params: kind,
    answers: { 200: secret },
    problems: ['not_found', ...unavailable],
  },
  'PUT /admin/secrets/:kind/:id': {
    conditional: 'changed',
    summary: 'Set or rotate a secret',
    tag: 'access',
    params: kind,
    body: secretBody,
    answers: { 200: secretSet },
    problems: ['not_found', 'limit_reached', ...unavailable],
  },
  'DELETE /admin/secrets/:kind/:id': {
    conditional: 'changed',
    summary: "Remove a secret: the Worker's of that name counts again",
    tag: 'access',
    params: kind,
    body: reasonBody,
    answers: { 200: z.object({ name: z.string(), removed: z.literal(true) }) },
    problems: ['not_found', ...unavailable],
  },
  'POST /admin/secrets/:kind/:id/end-previous': {
    conditional: 'changed',
    summary: 'End the overlap of a rotated secret at once',
    tag: 'access',
    params: kind,
    body: reasonBody,
    answers: { 200: secret },
    problems: ['not_found', ...unavailable],
  },
  'POST /admin/secrets/rotate-key': {
    summary: 'Seal every secret with a new key',
    tag: 'access',
    body: reasonBody,
    answers: { 200: z.object({ keyId: z.string(), secretCount: count }) },
    problems: [...unavailable],
  },
  'GET /admin/audit': {
    summary: 'List what persons did, the newest first',
    tag: 'access',
    query: auditQuery,
    answers: {
      200: z.object({ acts: z.array(act), nextCursor, journal: z.enum(['current', 'behind']) }),
    },
    problems: ['journal_unavailable'],
  },
  'GET /admin/audit/export': {
    summary: 'Export the audit as JSON lines, in the order of its chain',
    tag: 'access',
    query: exportQuery,
    answers: { 200: { contentType: 'application/x-ndjson' } },
    problems: ['journal_unavailable'],
  },
} as const satisfies ContractPart;
