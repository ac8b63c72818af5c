// The shape of a description, as zod schemas: which members there are and of which kind. What they have to say together (places
// that exist, templates that can be read) is checked where they are compiled.

import * as z from 'zod';

const text = z.string().min(1);
const path = z.string().startsWith('/', 'must begin with /');
const texts = z.record(text, z.string());

/** RFC 9110, 5.6.2: a token. */
export const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'must be a header name');

const headers = z.record(headerName, z.string());
const json = z.json();
const rendered = z.union([json, z.custom((value) => typeof value === 'function')]);

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const condition = z.strictObject({
  place: text,
  equals: z.union([scalar, z.array(scalar).min(1)]).optional(),
  equalsPlace: text.optional(),
  matches: text.optional(),
  exists: z.boolean().optional(),
});
const conditions = z.array(condition);

const status = z.int().min(100).max(599);

export const answerKinds = [
  'success',
  'unauthorized',
  'rate_limited',
  'unavailable',
  'server_error',
  'conflict',
  'answer_lost',
  'done_before',
  'missing',
  'module_disabled',
  'rejected',
  'contract_broken',
] as const;

const answerRow = z.strictObject({
  status: z.union([status, z.array(status).min(1)]).optional(),
  when: conditions.optional(),
  is: z.enum(answerKinds),
  code: z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/, 'must be snake_case')
    .optional(),
});

const errorPlaces = z.strictObject({
  code: text.optional(),
  message: text.optional(),
  fields: z.strictObject({ list: text, field: text, rule: text.optional() }).optional(),
  field: z.strictObject({ place: text, matches: text.optional() }).optional(),
});

const search = z.strictObject({
  method: z.enum(['GET', 'POST']).optional(),
  path,
  query: texts.optional(),
  headers: headers.optional(),
  body: rendered.optional(),
  documents: text.optional(),
  where: conditions.optional(),
});

const findStep = z.strictObject({
  find: search,
  missing: z.strictObject({ code: text, field: text.optional() }),
});

const sendStep = z.strictObject({
  send: z.strictObject({
    method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']),
    path,
    query: texts.optional(),
    headers: headers.optional(),
    body: rendered.optional(),
    document: text.nullable().optional(),
    reference: z.strictObject({ place: text, matches: text.optional(), as: text }).optional(),
  }),
  unless: conditions.optional(),
});

/** 1 hour: an ERP that is asked less often keeps a caller waiting for nothing. */
const maxPollMs = 3_600_000;

const job = z.strictObject({
  when: conditions.min(1),
  id: text,
  pollAfterMs: text.optional(),
  everyMs: z.int().min(100).max(maxPollMs).optional(),
  poll: z.strictObject({ path, query: texts.optional(), headers: headers.optional() }),
  working: conditions.min(1),
  done: conditions.min(1),
  progress: text.optional(),
  document: text.optional(),
  error: errorPlaces.optional(),
});

const operation = z.strictObject({
  lookup: search.optional(),
  goal: conditions.optional(),
  shortOfGoal: z.enum(['begun', 'not_done']).optional(),
  steps: z.array(z.union([findStep, sendStep])).min(1),
  doneBefore: search.optional(),
  job: job.optional(),
  read: search.optional(),
  output: rendered,
  fields: texts.optional(),
  answers: z.array(answerRow).optional(),
  modules: z.array(text).optional(),
});

const batch = z.union([
  z.strictObject({ oneByOne: z.literal(true) }),
  z.strictObject({
    send: z.strictObject({
      method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']),
      path,
      query: texts.optional(),
      headers: headers.optional(),
      body: json,
    }),
    atomic: z.enum(['never', 'always', 'chosen']),
    results: text,
    done: conditions.min(1),
    again: conditions.min(1).optional(),
    doneBefore: conditions.min(1).optional(),
    document: text.optional(),
    error: errorPlaces.optional(),
    fields: texts.optional(),
  }),
]);

const instance = z.strictObject({
  path,
  query: texts.optional(),
  headers: headers.optional(),
  version: text.optional(),
  company: text.optional(),
  currency: text.optional(),
  modules: z.strictObject({ list: text, name: text.optional(), where: conditions.optional() }).optional(),
  lockedThrough: text.optional(),
});

const rotationCall = z.strictObject({
  method: z.enum(['POST', 'PUT', 'DELETE']).optional(),
  path,
  body: json.optional(),
});

const rotation = z.strictObject({
  /** 1 year: no ERP's key lives longer than two. */
  everySeconds: z.int().min(1).max(31_536_000),
  rotate: rotationCall,
  key: text,
  expiresInSeconds: text.optional(),
  expiresAt: text.optional(),
  prove: z.strictObject({ path }),
  revoke: rotationCall,
});

const session = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('static_key'),
    header: headerName,
    value: text,
    rotation: rotation.optional(),
  }),
  z.strictObject({ kind: z.literal('basic') }),
  z.strictObject({
    kind: z.literal('session_login'),
    login: z.strictObject({
      method: z.enum(['POST', 'PUT']).optional(),
      path,
      headers: headers.optional(),
      body: json.optional(),
      form: texts.optional(),
    }),
    token: text,
    expiresInSeconds: text.optional(),
    lifeSeconds: z.int().min(10).max(31_536_000).optional(),
    header: headerName,
    value: text,
  }),
  z.strictObject({
    kind: z.enum(['oauth2_client_credentials', 'oauth2_refresh_token']),
    tokenPath: path,
    scope: text.optional(),
    clientAuthentication: z.enum(['basic', 'body']).optional(),
    fields: texts.optional(),
  }),
  z.strictObject({
    kind: z.literal('jwt_assertion'),
    tokenPath: path,
    algorithm: z.enum(['PS256', 'RS256', 'ES256']),
    audience: text,
    grant: z.enum(['client_assertion', 'jwt_bearer']).optional(),
    scope: text.optional(),
    scopeIn: z.enum(['claim', 'field']).optional(),
  }),
]);

export const descriptionSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, 'must be lower-case letters, digits, _ and -'),
  version: text,
  level: z.enum(['proven', 'recorded', 'documented']).optional(),
  once: z.enum(['native_key', 'unique_field', 'searchable_field', 'best_effort']),
  session,
  headers: headers.optional(),
  idempotencyHeader: headerName.optional(),
  error: errorPlaces.optional(),
  answers: z.array(answerRow).optional(),
  operations: z
    .record(z.string(), operation)
    .refine((named) => Object.keys(named).length > 0, 'must hold one'),
  batches: z.record(z.string(), batch).optional(),
  instance: instance.optional(),
});
