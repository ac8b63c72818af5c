// Stage 1 of 7 · receive · in: an HTTP request's parts · out: ReceivedRequest · next: verify.ts
// Takes the bytes as they come and bounds them while they come: nothing beyond the cap is ever held.
// It may not parse, decode or verify anything, nor look at the source beyond its id.

import { err, ok, type Result } from '../core/result.ts';
import type { Peer, ReceivedRequest } from '../core/source.ts';

export type IncomingRequest = {
  readonly source: string;
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** A platform's Headers, or pairs where repeated fields stand apart. */
  readonly headers: Iterable<readonly [string, string]>;
  /** The Content-Length header, if any: a hint to refuse early, never believed. */
  readonly contentLength: string | null;
  readonly body: ReadableStream<Uint8Array> | null;
  /**
   * The whole body at once, a tenth of a millisecond cheaper than its stream. Asked for only where Content-Length says that it
   * fits: a server ends the body there, so what comes is never more.
   */
  readonly readWhole?: () => Promise<ArrayBuffer>;
  /** What the platform says of the connection. */
  readonly peer?: Peer;
};

/** Bounds of one request; the values in use are in src/core/limits.ts. */
export type ReceiveLimits = {
  readonly maxBodyBytes: number;
  readonly maxHeaderCount: number;
  readonly maxHeaderCharacters: number;
};

export type ReceiveContext = {
  readonly limits: ReceiveLimits;
  /** Arrival, epoch ms. */
  readonly now: number;
  readonly requestId: string;
};

export type ReceiveFailure =
  | { readonly reason: 'method_not_allowed'; readonly method: string }
  | { readonly reason: 'headers_too_large'; readonly limit: number; readonly unit: 'fields' | 'characters' }
  /** `announced`: by Content-Length, before a byte was read. */
  | { readonly reason: 'body_too_large'; readonly maxBodyBytes: number; readonly announced: boolean }
  /** The sender went away, or the stream broke: nobody is left to answer, or the bytes are incomplete. */
  | { readonly reason: 'body_unreadable'; readonly message: string };

type Headers = Pick<ReceivedRequest, 'headers' | 'repeatedHeaders'>;
type Bytes = Uint8Array<ArrayBuffer>;

/** Lower-cases names. Of a repeated field the first value stands, and the name is kept as repeated. */
function readHeaders(
  fields: IncomingRequest['headers'],
  limits: ReceiveLimits,
): Result<Headers, ReceiveFailure> {
  const headers = new Map<string, string>();
  const repeated = new Set<string>();
  let count = 0;
  let characters = 0;
  for (const [field, value] of fields) {
    count += 1;
    characters += field.length + value.length;
    if (count > limits.maxHeaderCount) {
      return err({ reason: 'headers_too_large', limit: limits.maxHeaderCount, unit: 'fields' });
    }
    if (characters > limits.maxHeaderCharacters) {
      return err({ reason: 'headers_too_large', limit: limits.maxHeaderCharacters, unit: 'characters' });
    }
    const name = field.toLowerCase();
    if (headers.has(name)) repeated.add(name);
    else headers.set(name, value);
  }
  // fromEntries defines its keys, so that a field named __proto__ is a field and nothing else.
  return ok({ headers: Object.fromEntries(headers), repeatedHeaders: [...repeated] });
}

/** What Content-Length says; null where it says nothing. */
function announcedBytes(contentLength: string | null): number | null {
  return contentLength !== null && /^\d+$/.test(contentLength.trim()) ? Number(contentLength) : null;
}

/**
 * The bytes in a buffer of their own: a chunk may be a window on a larger one, all of which would travel with it when
 * the body is handed on. A chunk that fills its buffer is the body as it is.
 */
function join(chunks: readonly Uint8Array[], length: number): Bytes {
  const [first] = chunks;
  if (chunks.length === 1 && first?.buffer instanceof ArrayBuffer && first.buffer.byteLength === length) {
    return new Uint8Array(first.buffer);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/** Tells the sender to stop. Whether that works changes nothing, and an answer does not wait for it. */
function abandon(body: { cancel(reason?: unknown): Promise<void> }): void {
  body.cancel('body_too_large').catch(() => undefined);
}

async function readBody(
  body: ReadableStream<Uint8Array>,
  maxBodyBytes: number,
): Promise<Result<Bytes, ReceiveFailure>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return ok(join(chunks, length));
      length += value.length;
      if (length > maxBodyBytes) {
        abandon(reader);
        return err({ reason: 'body_too_large', maxBodyBytes, announced: false });
      }
      if (value.length > 0) chunks.push(value);
    }
  } catch (error) {
    return unreadable(error);
  }
}

function unreadable(error: unknown): Result<never, ReceiveFailure> {
  return err({
    reason: 'body_unreadable',
    message: error instanceof Error ? error.message : 'stream error',
  });
}

async function readAnnounced(
  readWhole: () => Promise<ArrayBuffer>,
  maxBodyBytes: number,
): Promise<Result<Bytes, ReceiveFailure>> {
  try {
    const bytes = new Uint8Array(await readWhole());
    // Nothing but a broken server gets here with more; it is refused all the same.
    return bytes.length > maxBodyBytes
      ? err({ reason: 'body_too_large', maxBodyBytes, announced: false })
      : ok(bytes);
  } catch (error) {
    return unreadable(error);
  }
}

async function readAll(
  incoming: IncomingRequest,
  bounds: { readonly announced: number | null; readonly maxBodyBytes: number },
): Promise<Result<Bytes, ReceiveFailure>> {
  const { announced, maxBodyBytes } = bounds;
  if (announced !== null && incoming.readWhole !== undefined)
    return readAnnounced(incoming.readWhole, maxBodyBytes);
  const { body } = incoming;
  return body === null ? ok(new Uint8Array(0)) : readBody(body, maxBodyBytes);
}

export async function receive(
  incoming: IncomingRequest,
  context: ReceiveContext,
): Promise<Result<ReceivedRequest, ReceiveFailure>> {
  const { limits } = context;
  const { method } = incoming;
  if (method !== 'POST' && method !== 'GET') return err({ reason: 'method_not_allowed', method });
  const headers = readHeaders(incoming.headers, limits);
  if (!headers.ok) return headers;
  const { maxBodyBytes } = limits;
  const announced = announcedBytes(incoming.contentLength);
  if (announced !== null && announced > maxBodyBytes) {
    if (incoming.body !== null) abandon(incoming.body);
    return err({ reason: 'body_too_large', maxBodyBytes, announced: true });
  }
  const bytes = await readAll(incoming, { announced, maxBodyBytes });
  if (!bytes.ok) return bytes;
  return ok({
    source: incoming.source,
    method,
    url: incoming.url,
    headers: headers.value.headers,
    repeatedHeaders: headers.value.repeatedHeaders,
    body: bytes.value,
    receivedAt: context.now,
    requestId: context.requestId,
    ...(incoming.peer === undefined ? {} : { peer: incoming.peer }),
  });
}
