// What a webhook needs of an X.509 certificate: its public key, its validity and the common name of its subject.
// Pure; never throws. The chain is not checked: the certificate came over TLS from a host of the sender, which is the proof.

import { type DerElement, derTags, readElements, readSequence } from './der.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type Certificate = {
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Bytes;
  /** Epoch ms. */
  readonly notBeforeAt: number;
  readonly notAfterAt: number;
  readonly commonName: string | null;
};

/** 2.5.4.3 */
const commonNameId = [0x55, 0x04, 0x03];
const decoder = new TextDecoder('utf-8');
const utcTime = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;
const generalizedTime = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;

function toEpochMs(element: DerElement | undefined): number | null {
  if (element === undefined) return null;
  const text = decoder.decode(element.value);
  const match = (element.tag === derTags.utcTime ? utcTime : generalizedTime).exec(text);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  // RFC 5280: two digits from 50 on are of the last century.
  const century = element.tag === derTags.utcTime ? (year >= 50 ? 1900 : 2000) : 0;
  return Date.UTC(century + year, month - 1, day, hour, minute, second);
}

function readCommonName(subject: DerElement | undefined): string | null {
  for (const set of (subject === undefined ? null : readElements(subject.value)) ?? []) {
    for (const attribute of readElements(set.value) ?? []) {
      const [id, value] = readElements(attribute.value) ?? [];
      const isName = id?.value.length === 3 && commonNameId.every((byte, index) => id.value[index] === byte);
      if (isName && value !== undefined) return decoder.decode(value.value);
    }
  }
  return null;
}

/** @param bytes the certificate, DER */
export function readCertificate(bytes: Bytes): Certificate | null {
  const [signed] = readSequence(bytes) ?? [];
  const fields = signed?.tag === derTags.sequence ? readElements(signed.value) : null;
  if (fields === null) return null;
  // [0] version is left out by certificates of version 1.
  const [, , , validity, subject, publicKey] = fields[0]?.tag === derTags.version ? fields.slice(1) : fields;
  const [from, to] = (validity === undefined ? null : readElements(validity.value)) ?? [];
  const notBeforeAt = toEpochMs(from);
  const notAfterAt = toEpochMs(to);
  if (notBeforeAt === null || notAfterAt === null || publicKey?.tag !== derTags.sequence) return null;
  return { publicKey: publicKey.whole, notBeforeAt, notAfterAt, commonName: readCommonName(subject) };
}
