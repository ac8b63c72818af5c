// CRC-32 (IEEE), unsigned: PayPal signs it in place of the body. Pure. It is no digest: what protects the body is that
// the number is signed together with the rest, and that forging a body to a CRC still needs a new event of PayPal's.

const polynomial = 0xedb88320;
const table = new Uint32Array(256);

for (let byte = 0; byte < 256; byte += 1) {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? (value >>> 1) ^ polynomial : value >>> 1;
  table[byte] = value;
}

export function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (value >>> 8) ^ (table[(value ^ byte) & 0xff] ?? 0);
  return (value ^ 0xffffffff) >>> 0;
}
