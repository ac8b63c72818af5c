// What both Workers of the benchmark share: HMAC over the body, and the order's ids. As lean as it can be done, and no leaner:
// the key is imported once, the comparison is WebCrypto's own.

const encoder = new TextEncoder();
let key: Promise<CryptoKey> | null = null;

function hexBytes(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length / 2);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}

export type OrderIds = { readonly id: string; readonly order: string; readonly number: number };

/** The verified body, or null where the signature is another's. */
export async function readVerified(
  request: Request,
  secret: string,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const body = new Uint8Array(await request.arrayBuffer());
  key ??= crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ]);
  const signature = request.headers.get('x-bench-signature')?.slice('sha256='.length) ?? '';
  if (!/^[0-9a-f]{64}$/.test(signature)) return null;
  return (await crypto.subtle.verify('HMAC', await key, hexBytes(signature), body)) ? body : null;
}
