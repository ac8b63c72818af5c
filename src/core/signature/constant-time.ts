// Compares secrets without telling by time how much of them is right. WebCrypto has no such comparison, so both sides
// are hashed first: what is compared byte by byte is then nothing an attacker can steer.
// Pure but for WebCrypto; never rejects.

type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

async function digest(bytes: Bytes): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

export async function equalBytes(a: Bytes, b: Bytes): Promise<boolean> {
  const [first, second] = await Promise.all([digest(a), digest(b)]);
  let difference = 0;
  for (let index = 0; index < first.length; index += 1) {
    difference |= (first[index] ?? 0) ^ (second[index] ?? 0);
  }
  return difference === 0;
}

export function equalTexts(a: string, b: string): Promise<boolean> {
  return equalBytes(new Uint8Array(encoder.encode(a)), new Uint8Array(encoder.encode(b)));
}
