// The headers of Standard Webhooks for what the relay itself sends. With several secrets it signs with each: a receiver that still
// has the one before, or already the new one, finds its own. No I/O.

import { secretBytes } from '../core/signature/secret-bytes.ts';

export type SignedMessage = {
  /** Stays over all attempts: a receiver knows by it what it had already. */
  readonly id: string;
  readonly body: string;
  /** Of the attempt, epoch ms. */
  readonly at: number;
};

/** @param secrets `whsec_…`, at least one; the current one first */
export async function signNotice(
  secrets: readonly string[],
  message: SignedMessage,
): Promise<Readonly<Record<string, string>>> {
  const timestamp = String(Math.floor(message.at / 1_000));
  const signed = new TextEncoder().encode(`${message.id}.${timestamp}.${message.body}`);
  const signatures = await Promise.all(secrets.map((secret) => sign(secret, signed)));
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}

async function sign(secret: string, signed: BufferSource): Promise<string> {
  const key = secretBytes(secret, 'whsec_base64');
  if (key === null) throw new Error('a secret that signs notices is whsec_ and base64');
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await crypto.subtle.importKey('raw', key.bytes, hmac, false, ['sign']);
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', imported, signed));
  return `v1,${btoa(String.fromCharCode(...signature))}`;
}
