// An X.509 certificate for a public key, in PEM: Node can read certificates and not make them. Its own signature is
// nobody's, for nothing in the relay checks a chain.

import { createPublicKey } from 'node:crypto';

function der(tag: number, ...parts: Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), value]);
  const size = length > 0xff ? [0x82, length >> 8, length & 0xff] : [0x81, length];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}

const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const integer = (value: number) => der(0x02, Buffer.from([value]));
/** 1.2.840.113549.1.1.11 */
const sha256WithRsa = sequence(der(0x06, Buffer.from('2a864886f70d01010b', 'hex')), der(0x05));

function name(commonName: string): Buffer {
  const attribute = sequence(der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from(commonName)));
  return sequence(der(0x31, attribute));
}

function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/\D/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

export function makeCertificate(options: {
  readonly publicKey: string;
  readonly commonName: string;
  /** Epoch ms. */
  readonly notBefore: number;
  readonly notAfter: number;
}): string {
  const { publicKey, commonName, notBefore, notAfter } = options;
  const key = createPublicKey(publicKey).export({ type: 'spki', format: 'der' });
  const signed = sequence(
    der(0xa0, integer(2)),
    integer(7),
    sha256WithRsa,
    name('Holdfast Test'),
    sequence(time(notBefore), time(notAfter)),
    name(commonName),
    key,
  );
  const certificate = sequence(signed, sha256WithRsa, der(0x03, Buffer.alloc(257)));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
