// `Idempotency-Key` on acts of the admin API (IETF draft): the same key and request again is answered as it was, and not done again.
// What was refused changed nothing and leaves its key free. An answer that holds a key is never kept: a repetition is told that it
// was done. May not be used by direct operations, whose keys the sequencers keep.

import type { Context, MiddlewareHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { limits } from '../core/limits.ts';
import { sha256Hex } from '../core/sha256.ts';
import { type KeptAnswer, PortError } from '../pipeline/ports.ts';
import { problem } from './problem.ts';
import type { HttpEnv, HttpServices } from './services.ts';

export function idempotent(services: HttpServices): MiddlewareHandler<HttpEnv> {
  const { clock, keptAnswers, telemetry } = services;
  return async (c, next) => {
    const header = c.req.header('idempotency-key');
    if (c.req.method !== 'POST' || header === undefined || isDryRun(c)) return next();
    const key = readIdempotencyKey(header);
    if (key === null) return problem(c, 'idempotency_key_invalid', { detail: idempotencyKeyRule });
    const { actor: caller } = c.get('caller');
    const request = { caller, key, hash: await hashOf(c), startedAt: clock.now() };
    try {
      const known = answerAgain(c, await keptAnswers.begin(request));
      if (known !== null) return known;
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      telemetry.log('error', 'journal.unavailable', { error: error.message });
      return problem(c, 'journal_unavailable', { headers: { 'retry-after': retryAfter } });
    }
    await next();
    try {
      if (c.res.ok) await keptAnswers.finish(request, await toKept(c));
      else await keptAnswers.release(request);
    } catch (error) {
      // It was done: its answer is given, and until the key is taken for abandoned a repetition is told to wait.
      const fields = { requestId: c.get('requestId'), actor: caller, error: String(error) };
      telemetry.log('error', 'answer.not_kept', fields);
    }
  };
}

export const idempotencyKeyRule = 'Send an Idempotency-Key of 1 to 255 printable characters, e.g. a UUID.';

/** A structured field's string, or the bare text as most senders write it. */
export function readIdempotencyKey(header: string | undefined): string | null {
  const text = header?.trim() ?? '';
  const key = /^"(.*)"$/.exec(text)?.[1] ?? text;
  return /^[\x20-\x7e]{1,255}$/.test(key) ? key : null;
}

const retryAfter = String(limits.retryAfterSeconds);

/** It does nothing, so there is nothing not to do again; and it shows payloads, which are kept in one place only. */
function isDryRun(c: Context<HttpEnv>): boolean {
  return (c.req.query('dryRun') ?? 'false') !== 'false';
}

/** The body is read again by the handler. */
async function hashOf(c: Context<HttpEnv>): Promise<string> {
  const { pathname, search } = new URL(c.req.url);
  return sha256Hex(`${pathname}${search}\n${await c.req.raw.clone().text()}`);
}

async function toKept(c: Context<HttpEnv>): Promise<KeptAnswer> {
  const { status, headers } = c.res;
  const location = headers.get('location');
  if (c.get('holdsSecret') === true) return { status, location, body: null };
  const body = await c.res.clone().text();
  return { status, location, body: body.length > limits.maxKeptAnswerChars ? null : body };
}

type Begun = Awaited<ReturnType<HttpServices['keptAnswers']['begin']>>;

/** Null: nothing is known of it. */
function answerAgain(c: Context<HttpEnv>, known: Begun): Response | null {
  switch (known.kind) {
    case 'fresh':
      return null;
    case 'running':
      return problem(c, 'operation_in_progress', { headers: { 'retry-after': retryAfter } });
    case 'other_request':
      return problem(c, 'idempotency_key_reused');
    case 'answered': {
      const { status, location, body } = known.answer;
      if (body === null) return problem(c, 'already_done', { detail: notKept });
      const headers = { 'content-type': 'application/json', 'idempotency-replayed': 'true' };
      const place: Record<string, string> = location === null ? {} : { location };
      return c.body(body, status as ContentfulStatusCode, { ...headers, ...place });
    }
  }
}

const notKept = 'Its answer is not kept, for it holds a key, which is shown once, or is too large.';
