// Signs a message of the relay's own as Standard Webhooks say: HMAC-SHA256 over "id.timestamp.body", base64, in v1.
// The other side of verify-signature.ts. Pure but for WebCrypto.

import { secretBytes } from './secret-bytes.ts';

export type SignedHeaders = {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
};

/**
 * @param secret `whsec_` and base64
 * @param message `at`: epoch ms of this sending; `id` stays the same over every try
 */
export async function signMessage(
  secret: string,
  message: { readonly id: string; readonly at: number; readonly body: string },
): Promise<SignedHeaders> {
  const key = secretBytes(secret, 'whsec_base64');
  if (key === null) throw new Error('the secret is no base64: the configuration should have said so');
  const hmac = { name: 'HMAC', hash: 'SHA-256' } as const;
  const imported = await crypto.subtle.importKey('raw', key.bytes, hmac, false, ['sign']);
  const timestamp = String(Math.floor(message.at / 1_000));
  const signed = new TextEncoder().encode(`${message.id}.${timestamp}.${message.body}`);
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', imported, signed));
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${btoa(String.fromCharCode(...signature))}`,
  };
}
