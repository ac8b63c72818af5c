// Runs one vector through the relay's real verify stage and says whether the two agree.
// A vector says whether the signature is good; whether its body is an event is another question.

import { createKeyCache } from '../../../src/core/signature/key-cache.ts';
import type { HandshakeAnswer, ReceivedRequest, SourceRuntime } from '../../../src/core/source.ts';
import { type Verified, type VerifyFailure, verify } from '../../../src/pipeline/verify.ts';
import { isSender, signedRequest } from '../senders.ts';
import { throwawayKeys } from './throwaway-keys.ts';
import { arrivalOf, headersOf, type Vector } from './vector.ts';
import { createVectorKeys } from './vector-keys.ts';
import { toVectorSource, type VectorSource } from './vector-source.ts';

export type VectorResult = {
  readonly name: string;
  readonly agrees: boolean;
  /** What the verify stage said, for a person. */
  readonly found: string;
  /** What the bench did besides, for a person; empty for most. */
  readonly note: string;
};

type Outcome =
  | { readonly verified: true; readonly answer: HandshakeAnswer | null; readonly said: string }
  | { readonly verified: false; readonly said: string };

const keys = createKeyCache();

function toRequest(vector: Vector, { query }: VectorSource): ReceivedRequest {
  const url = vector.url === undefined ? new URL('https://relay.example/hooks/vector') : new URL(vector.url);
  const path = url.pathname + url.search;
  const separator = path.includes('?') ? '&' : '?';
  return {
    source: 'vector',
    method: vector.method === 'GET' ? 'GET' : 'POST',
    url: query === '' ? path : path + separator + query,
    headers: withKeyPaths(vector),
    repeatedHeaders: [],
    body: new Uint8Array(
      Buffer.from(
        vector.body_base64 ?? vector.body ?? '',
        vector.body_base64 === undefined ? 'utf8' : 'base64',
      ),
    ),
    receivedAt: arrivalOf(vector),
    requestId: 'vector',
  };
}

/** Adobe's keys have addresses; a vector that leaves them out has its keys beside it, so the bench gives them some. */
function withKeyPaths(vector: Vector): Readonly<Record<string, string>> {
  const headers = headersOf(vector);
  const signed = [1, 2].filter((slot) => headers[`x-adobe-digital-signature-${slot}`] !== undefined);
  const paths = signed.map((slot) => [`x-adobe-public-key${slot}-path`, `/vector/key-${slot}.pem`]);
  return { ...Object.fromEntries(paths), ...headers };
}

function toOutcome(result: Awaited<ReturnType<typeof verify>>): Outcome {
  if (result.ok) return ofVerified(result.value);
  return ofFailure(result.error);
}

function ofVerified(verified: Verified): Outcome {
  const answer = verified.kind === 'handshake' ? verified.answer : null;
  const said = answer === null ? verified.kind : `handshake ${answer.name} ${answer.status}`;
  return { verified: true, answer, said };
}

function ofFailure(failure: VerifyFailure): Outcome {
  switch (failure.kind) {
    case 'unparsable':
      return { verified: true, answer: null, said: `verified, no event (${failure.problem.field})` };
    case 'unverified':
      return { verified: false, said: failure.reason };
    case 'undecided':
      return { verified: false, said: failure.reason };
    case 'no_handshake':
      return { verified: false, said: 'no_handshake' };
  }
}

async function runAll(request: ReceivedRequest, sources: readonly SourceRuntime[], vector: Vector) {
  const remoteKeys = createVectorKeys(vector);
  let last: Outcome = { verified: false, said: 'no source' };
  for (const source of sources) {
    last = toOutcome(await verify(request, source, { keys, remoteKeys }));
    if (last.verified) return last;
  }
  return last;
}

function sameJson(a: unknown, b: unknown): boolean {
  const sorted = (value: unknown) =>
    JSON.stringify(Object.entries((value ?? {}) as object).sort(([x], [y]) => (x < y ? -1 : 1)));
  return sorted(a) === sorted(b);
}

/** Whether the answer to a challenge is the expected one: its text, or the JSON around it. */
function answersChallenge(answer: HandshakeAnswer | null, { challenge }: Vector): boolean {
  if (challenge === undefined) return true;
  if (answer === null) return false;
  const { expected, response_json, response_content_type, status } = challenge;
  if (status !== undefined && answer.status !== status) return false;
  if (response_content_type !== undefined && !answer.contentType.startsWith(response_content_type))
    return false;
  if (response_json !== undefined) return sameJson(parse(answer.body), response_json);
  if (expected === undefined || expected === '' || answer.body === expected) return true;
  return Object.values((parse(answer.body) ?? {}) as object).includes(expected);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The status of an answer to a request without an event: what the sender is told. */
function statusOf(outcome: Outcome, preset: VectorSource['preset']): number {
  if (!outcome.verified) return 401;
  return outcome.answer?.status ?? preset.reply?.status ?? 202;
}

function agrees(vector: Vector, outcome: Outcome, { preset }: VectorSource): boolean {
  if (outcome.verified !== vector.valid) return false;
  const { expect_status: status } = vector;
  if (status !== undefined && statusOf(outcome, preset) !== status) return false;
  return !outcome.verified || answersChallenge(outcome.answer, vector);
}

/**
 * A challenge that its sender signs, published without signature and key: the bench signs it with a key of its own, so
 * that the answer can be compared. That the unsigned one is refused is right.
 */
async function signedAnew(vector: Vector, source: VectorSource): Promise<Outcome | null> {
  const { name } = source.preset;
  const isPlain = vector.secret === undefined && vector.publicKey === undefined;
  if (vector.challenge === undefined || !isPlain || !isSender(name)) return null;
  const { signWith, configured } = throwawayKeys(name);
  const now = arrivalOf(vector);
  const payload = vector.body ?? '';
  const signed = signedRequest(name, { secret: signWith, topic: '', payload, now, id: 'vector' });
  const request = { ...toRequest(vector, source), headers: { ...headersOf(vector), ...signed.headers } };
  const [runtime] = source.sources;
  if (runtime === undefined) return null;
  const own = { ...runtime, secrets: { current: configured, previous: null } };
  return runAll(request, [own], vector);
}

export async function runVector(vector: Vector): Promise<VectorResult> {
  const source = toVectorSource(vector);
  const outcome = await runAll(toRequest(vector, source), source.sources, vector);
  if (agrees(vector, outcome, source)) {
    return { name: vector.name, agrees: true, found: outcome.said, note: source.isGeneric ? 'generic' : '' };
  }
  const anew = await signedAnew(vector, source);
  if (anew !== null && agrees(vector, anew, source)) {
    return { name: vector.name, agrees: true, found: anew.said, note: 'signed by the bench' };
  }
  return { name: vector.name, agrees: false, found: outcome.said, note: '' };
}
