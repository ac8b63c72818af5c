// Bytes as hexadecimal text, which SQL's unhex() reads: D1 carries a bound blob as a JSON list of numbers, which took four
// times as long for the same bytes. No dependencies.

const pairs: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += pairs[byte];
  return text;
}
