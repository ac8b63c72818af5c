// What the signers of all senders share. Everything is signed with node:crypto: it may not import anything that runs in
// the relay, for what is signed here proves the relay's own verification.

import { createHash, createHmac, sign } from 'node:crypto';

export type Signing = {
  /** What the sender signs with: its secret or token; of a sender with a key pair, the private key as PEM. */
  readonly secret: string;
  /** Event type, e.g. `orders/create`. */
  readonly topic: string;
  /**
   * What the event is about. Senders with an envelope wrap it, the others send it as it is.
   * A string is sent unchanged, as the whole body.
   */
  readonly payload: unknown;
  /** Epoch ms: the time of sending. */
  readonly now: number;
  /** The sender's event id; for WooCommerce the id of the webhook. */
  readonly id: string;
  /** Epoch ms: when it happened; default `now`. */
  readonly occurredAt?: number;
  /** The URL it posts to, for senders that sign it. */
  readonly url?: string;
  /** What ties a request to one receiver where the key does not: topic ARN, webhook id, client id, URL token. */
  readonly account?: string;
};

export type SignedRequest = {
  readonly headers: Record<string, string>;
  readonly body: string;
  /** Added to the URL, for senders whose URL carries a token: `token=…`. */
  readonly query?: string;
};

export type Signer = (signing: Signing) => SignedRequest;

export const json = { 'content-type': 'application/json' };
export const form = { 'content-type': 'application/x-www-form-urlencoded' };

export const toSeconds = (epochMs: number): number => Math.floor(epochMs / 1000);
export const toIso = (epochMs: number): string => new Date(epochMs).toISOString();

/** ISO 8601 without fractions, as many senders write it. */
export const toIsoSeconds = (epochMs: number): string => toIso(epochMs).replace(/\.\d{3}Z$/, 'Z');

export const toBody = (payload: unknown): string =>
  typeof payload === 'string' ? payload : JSON.stringify(payload);

/** The payload in its envelope, or the text that is the whole body. */
export function wrap(payload: unknown, envelope: () => unknown): string {
  return typeof payload === 'string' ? payload : JSON.stringify(envelope());
}

export function hmac(key: string | Buffer, content: string, hash = 'sha256'): Buffer {
  return createHmac(hash, key).update(content).digest();
}

export function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A signer of a sender that signs the body alone, with its signature in one header. */
export function bodySigner(options: {
  readonly header: string;
  readonly prefix?: string;
  readonly encoding?: 'hex' | 'base64';
  /** From the secret to the key. */
  readonly key?: (secret: string) => string | Buffer;
  readonly headers?: (signing: Signing) => Record<string, string>;
  readonly envelope?: (signing: Signing) => unknown;
}): Signer {
  const { header, prefix = '', encoding = 'hex', key = (secret) => secret, headers, envelope } = options;
  return (signing) => {
    const body = wrap(signing.payload, () => envelope?.(signing) ?? signing.payload);
    const signature = hmac(key(signing.secret), body).toString(encoding);
    return { body, headers: { ...json, ...headers?.(signing), [header]: prefix + signature } };
  };
}

/** RSA or ECDSA over the content; of Ed25519 keys the hash is null. */
export function signWithKey(key: string, content: string, hash: 'sha1' | 'sha256' | null): Buffer {
  return sign(hash, Buffer.from(content), key);
}

export function toForm(fields: Readonly<Record<string, string>>): string {
  return new URLSearchParams(fields).toString();
}
