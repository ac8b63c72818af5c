// Received requests and source runtimes for tests: what stage 1 would have made, without a stream.
// Pure: no clock, no network, no randomness.

import type { SignedRequest } from '../../scripts/lib/senders.ts';
import type { ReceivedRequest, SourcePreset, SourceRuntime } from '../../src/core/source.ts';

const encoder = new TextEncoder();

/** 2026-11-24T12:00:00Z, epoch ms. */
export const noon = 1_795_521_600_000;

export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encoder.encode(text));
}

export type ReceivedOptions = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly method?: 'POST' | 'GET';
  readonly repeatedHeaders?: readonly string[];
  /** Epoch ms. */
  readonly receivedAt?: number;
};

export function received(options: ReceivedOptions = {}): ReceivedRequest {
  const { headers = {}, body = '', method = 'POST', repeatedHeaders = [], receivedAt = noon } = options;
  return {
    source: 'shop',
    method,
    url: '/hooks/shop',
    headers,
    repeatedHeaders,
    body: typeof body === 'string' ? bytes(body) : body,
    receivedAt,
    requestId: 'req_1',
  };
}

export function receivedFrom(
  signed: SignedRequest,
  options: Omit<ReceivedOptions, 'body'> = {},
): ReceivedRequest {
  return received({ ...options, headers: { ...signed.headers, ...options.headers }, body: signed.body });
}

export function runtime(
  preset: SourcePreset,
  current: string,
  more: { readonly previous?: string; readonly entity?: SourceRuntime['entity'] } = {},
): SourceRuntime {
  return {
    id: 'shop',
    preset,
    secrets: { current, previous: more.previous ?? null },
    ...(more.entity === undefined ? {} : { entity: more.entity }),
  };
}
