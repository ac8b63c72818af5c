// Conditional requests on what is configured (RFC 9110, 13): an `ETag` with each answer that shows it, 304 where the caller has it
// already, and the caller's `If-Match` as a precondition, which is checked where the change is made and nowhere here.

import type { Context } from 'hono';
import { type Differing, type Precondition, parseIfMatch } from '../core/precondition.ts';
import { problem } from './problem.ts';
import type { HttpEnv } from './services.ts';

/** Of a list, which is changed by none: a digest alone. */
export function answerList(c: Context<HttpEnv>, body: object): Promise<Response> {
  return answer(c, body, '');
}

/** @param version of what the body shows, by core/versions.ts */
export function answerVersioned(c: Context<HttpEnv>, body: object, version: string): Promise<Response> {
  return answer(c, body, `${version}-`);
}

/**
 * The digest stands beside the version, because an answer shows more than what is configured (when it was last used, whether it has
 * expired): another answer has another tag, and what somebody changes it by is the version alone.
 */
async function answer(c: Context<HttpEnv>, body: object, prefix: string): Promise<Response> {
  const text = JSON.stringify(body);
  const tag = `"${prefix}${await digestOf(text)}"`;
  c.header('etag', tag);
  if (isKnown(c.req.header('if-none-match'), tag)) return c.body(null, 304);
  return c.body(text, 200, { 'content-type': 'application/json' });
}

/** After a change: what to send with the next one. */
export function noteVersion(c: Context<HttpEnv>, version: string): void {
  c.header('etag', `"${version}"`);
}

export function preconditionOf(c: Context<HttpEnv>): Precondition | undefined {
  const ifMatch = c.req.header('if-match');
  if (ifMatch !== undefined) return parseIfMatch(ifMatch);
  return c.req.method === 'PUT' && c.req.header('if-none-match')?.trim() === '*' ? 'absent' : undefined;
}

export function refuseDiffering(c: Context<HttpEnv>, { version }: Pick<Differing, 'version'>): Response {
  if (version === null) return problem(c, 'precondition_failed', { detail: 'There is none.' });
  const detail = `The present version is "${version}".`;
  return problem(c, 'precondition_failed', { detail, version: `"${version}"` });
}

/** Compared weakly: the same answer is the same, however strong its tag. */
function isKnown(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((each) => each.trim().replace(/^W\//, '') === tag);
}

/** 64 bits of SHA-256, hex. */
async function digestOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest, 0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
