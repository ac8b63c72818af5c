// Answers to the requests by which senders test an endpoint, and the bounds of what is echoed. Pure.
// What is echoed to somebody unproven is plain text or JSON, bounded, and never a secret or anything made with one.

import type { HandshakeAnswer, ReceivedRequest } from '../source.ts';

/** Challenges are ids of some 50 characters; Graph's are sentences. */
const maxChallengeCharacters = 1_024;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a challenge may not contain
const controlCharacter = /[\u0000-\u001f\u007f]/;

/** A parameter of the received URL; null where it is missing, doubled, or nothing to echo. */
export function queryParameter(request: Pick<ReceivedRequest, 'url'>, name: string): string | null {
  const query = request.url.indexOf('?');
  const values = new URLSearchParams(query === -1 ? '' : request.url.slice(query + 1)).getAll(name);
  const [value] = values;
  return values.length === 1 && isEchoable(value) ? value : null;
}

export function isEchoable(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    value.length <= maxChallengeCharacters &&
    !controlCharacter.test(value)
  );
}

export function textAnswer(name: string, body: string): HandshakeAnswer {
  return { name, status: 200, contentType: 'text/plain; charset=utf-8', body };
}

/** Graph and Business Central: the token they post in the query when a subscription is made or renewed, echoed as text. */
export function validationTokenHandshake(name: string) {
  return (request: ReceivedRequest): HandshakeAnswer | null => {
    const token = request.method === 'POST' ? queryParameter(request, 'validationToken') : null;
    return token === null ? null : textAnswer(name, token);
  };
}

export function jsonAnswer(name: string, body: Readonly<Record<string, unknown>>): HandshakeAnswer {
  return { name, status: 200, contentType: 'application/json', body: JSON.stringify(body) };
}

export function emptyAnswer(name: string, status: 200 | 204): HandshakeAnswer {
  return { name, status, contentType: '', body: '' };
}
