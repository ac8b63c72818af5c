// SHA-256 (FIPS 180-4) without a promise: keys are made inside pure, synchronous rules, where WebCrypto cannot be awaited.
// Pure. Only for shortening keys; signatures are checked with WebCrypto, and nothing secret may come here.

/** First 32 bits of the fractional parts of the cube and square roots of the first primes, as the standard defines them. */
const roundConstants = new Uint32Array(64);
const initialHash = new Uint32Array(8);

function fractionBits(root: number): number {
  return ((root - Math.floor(root)) * 2 ** 32) >>> 0;
}

for (let candidate = 2, found = 0; found < 64; candidate += 1) {
  let isPrime = true;
  for (let divisor = 2; divisor * divisor <= candidate; divisor += 1)
    if (candidate % divisor === 0) isPrime = false;
  if (!isPrime) continue;
  roundConstants[found] = fractionBits(Math.cbrt(candidate));
  if (found < 8) initialHash[found] = fractionBits(Math.sqrt(candidate));
  found += 1;
}

/** Lower-case hex of the SHA-256 of the text's UTF-8 bytes: 64 characters. */
export function sha256Hex(text: string): string {
  const message = padded(new TextEncoder().encode(text));
  const hash = initialHash.slice();
  const schedule = new Uint32Array(64);
  for (let offset = 0; offset < message.byteLength; offset += 64) {
    fillSchedule(schedule, message, offset);
    compress(hash, schedule);
  }
  return Array.from(hash, (word) => word.toString(16).padStart(8, '0')).join('');
}

/** The message, one 1 bit, zeros, and its length in bits: a multiple of 64 bytes. */
function padded(bytes: Uint8Array): DataView {
  const blocks = Math.ceil((bytes.length + 9) / 64);
  const message = new Uint8Array(blocks * 64);
  message.set(bytes);
  message[bytes.length] = 0x80;
  const view = new DataView(message.buffer);
  view.setBigUint64(message.length - 8, BigInt(bytes.length) * 8n);
  return view;
}

const rotate = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));

function fillSchedule(schedule: Uint32Array, message: DataView, offset: number): void {
  const at = (index: number): number => schedule[index] as number;
  for (let index = 0; index < 16; index += 1) schedule[index] = message.getUint32(offset + index * 4);
  for (let index = 16; index < 64; index += 1) {
    const [early, late] = [at(index - 15), at(index - 2)];
    const sigma0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const sigma1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    schedule[index] = at(index - 16) + sigma0 + at(index - 7) + sigma1;
  }
}

function compress(hash: Uint32Array, schedule: Uint32Array): void {
  let [a, b, c, d, e, f, g, h] = hash as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let index = 0; index < 64; index += 1) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (h + sum1 + choice + (roundConstants[index] as number) + (schedule[index] as number)) | 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + sum0 + majority) | 0];
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries())
    hash[index] = (hash[index] as number) + word;
}
