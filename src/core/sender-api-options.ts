// How an integration names a sender's API, and its definition with the defaults. Pure.

import type { SenderApiDefinition } from './enrich.ts';

/** `baseUrl` and `token` name a Worker variable and a Worker secret. */
export type SenderApiOptions = {
  readonly baseUrl: string;
  readonly token: string | null;
  /** Default: `Authorization: Bearer …`. */
  readonly authorize?: SenderApiDefinition['authorize'];
  /** Default: `public`, https and no private address. */
  readonly network?: SenderApiDefinition['network'];
  /** Longest time one call may take, ms. Default: 10 s, what a shop's API takes on a bad day. */
  readonly timeoutMs?: number;
};

const defaultTimeoutMs = 10_000;

const bearer: SenderApiDefinition['authorize'] = (token) => ({ authorization: `Bearer ${token}` });

export function toSenderApi(api: SenderApiOptions): SenderApiDefinition {
  return {
    baseUrlVariable: api.baseUrl,
    tokenVariable: api.token,
    network: api.network ?? 'public',
    timeoutMs: api.timeoutMs ?? defaultTimeoutMs,
    authorize: api.authorize ?? bearer,
  };
}
