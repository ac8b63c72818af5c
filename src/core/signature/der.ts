// The little of ASN.1 DER that webhooks need: elements one after the other, an ECDSA signature as two numbers, and the
// public key, the validity and the names of an X.509 certificate (WebCrypto imports neither of the two).
// Pure; never throws: what is no DER is null. It proves nothing about a certificate: who may be asked for it does.

type Bytes = Uint8Array<ArrayBuffer>;

export type DerElement = {
  readonly tag: number;
  /** Its contents. */
  readonly value: Bytes;
  /** The whole of it, with tag and length. */
  readonly whole: Bytes;
};

export const derTags = {
  integer: 0x02,
  objectId: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  version: 0xa0,
} as const;

/** No certificate or key is longer: three bytes of length. */
const maxLengthBytes = 3;

/** The element at `offset` and where it ends; null where there is none. */
function readElement(bytes: Bytes, offset: number): { element: DerElement; end: number } | null {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) return null;
  let start = offset + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > maxLengthBytes || start + count > bytes.length) return null;
    length = 0;
    for (let index = 0; index < count; index += 1) length = length * 256 + (bytes[start + index] ?? 0);
    // One length has one form: a short one written long is no DER.
    if (length < 0x80 || bytes[start] === 0) return null;
    start += count;
  }
  const end = start + length;
  if (end > bytes.length) return null;
  return { element: { tag, value: bytes.slice(start, end), whole: bytes.slice(offset, end) }, end };
}

/** All elements of `bytes`, which must hold nothing else. */
export function readElements(bytes: Bytes): readonly DerElement[] | null {
  const elements: DerElement[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const read = readElement(bytes, offset);
    if (read === null) return null;
    elements.push(read.element);
    offset = read.end;
  }
  return elements;
}

/** The members of a SEQUENCE that is all of `bytes`. */
export function readSequence(bytes: Bytes): readonly DerElement[] | null {
  const elements = readElements(bytes);
  const [only] = elements ?? [];
  return elements?.length === 1 && only?.tag === derTags.sequence ? readElements(only.value) : null;
}

/** A positive INTEGER in exactly `size` bytes; null where it is none, is not minimal or does not fit. */
function toFixed(element: DerElement | undefined, size: number): Bytes | null {
  if (element?.tag !== derTags.integer) return null;
  const { value } = element;
  const [first = 0xff, second = 0xff] = value;
  if (value.length === 0 || first >= 0x80) return null;
  if (first === 0 && value.length > 1 && second < 0x80) return null;
  const digits = first === 0 ? value.subarray(1) : value;
  if (digits.length > size) return null;
  const fixed = new Uint8Array(size);
  fixed.set(digits, size - digits.length);
  return fixed;
}

/** An ECDSA signature in DER as r‖s, each `coordinateBytes` long, which is what WebCrypto takes. */
export function ecdsaSignatureFromDer(bytes: Bytes, coordinateBytes: number): Bytes | null {
  const numbers = readSequence(bytes);
  if (numbers?.length !== 2) return null;
  const r = toFixed(numbers[0], coordinateBytes);
  const s = toFixed(numbers[1], coordinateBytes);
  if (r === null || s === null) return null;
  const raw = new Uint8Array(2 * coordinateBytes);
  raw.set(r);
  raw.set(s, coordinateBytes);
  return raw;
}
