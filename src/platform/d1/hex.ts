// Bytes as hexadecimal text, which SQL's unhex() and hex() speak: D1 carries a blob as a JSON list of numbers, which took
// four times as long for the same bytes. No dependencies.

const pairs: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += pairs[byte];
  return text;
}

/** Of what SQL's hex() gives: pairs of digits, upper case. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = (digitAt(text, index * 2) << 4) | digitAt(text, index * 2 + 1);
  }
  return bytes;
}

function digitAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code <= 57 ? code - 48 : (code & 95) - 55;
}
