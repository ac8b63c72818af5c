// ASN.1 as senders use it: ECDSA signatures, certificates and public keys. Node's crypto writes what is read here.
import { generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCertificate } from '../../../src/core/signature/certificate.ts';
import { crc32 } from '../../../src/core/signature/crc32.ts';
import { ecdsaSignatureFromDer, readElements, readSequence } from '../../../src/core/signature/der.ts';
import {
  importPublicKey,
  looksLikePublicKey,
  parseCertificate,
} from '../../../src/core/signature/public-key.ts';
import { makeCertificate } from '../../support/make-certificate.ts';
import { bytes, noon } from '../../support/requests.ts';

const toBytes = (buffer: Buffer) => new Uint8Array(buffer);
const fromHex = (hex: string) => toBytes(Buffer.from(hex, 'hex'));
const pem = { type: 'spki', format: 'pem' } as const;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');

describe('an ECDSA signature in DER', () => {
  it('becomes the same two numbers side by side', () => {
    for (const curve of ['P-256', 'P-384', 'P-521'] as const) {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: curve });
      const size = { 'P-256': 32, 'P-384': 48, 'P-521': 66 }[curve];
      for (let round = 0; round < 20; round += 1) {
        const content = Buffer.from(`content ${round}`);
        const der = sign('sha256', content, privateKey);
        const raw = ecdsaSignatureFromDer(toBytes(der), size);
        expect(raw?.length).toBe(2 * size);
      }
    }
  });

  it.each([
    ['nothing', ''],
    ['an empty sequence', '3000'],
    ['one number', '3003020101'],
    ['three numbers', '3009020101020101020101'],
    ['a negative number', '3006020181020101'],
    ['a padded number', '300702020001020101'],
    ['an empty number', '30050200020101'],
    ['another tag', '3006040101020101'],
    ['a length that is not minimal', '308106020101020101'],
    ['a length beyond the end', '3007020101020101'],
    ['an indefinite length', '3080020101020101'],
    ['something behind it', '300602010102010100'],
  ])('with %s is none', (_what, hex) => {
    expect(ecdsaSignatureFromDer(fromHex(hex), 32)).toBeNull();
  });

  it('with a number that does not fit is none', () => {
    const long = `02${'21'}01${'ff'.repeat(32)}`;
    expect(ecdsaSignatureFromDer(fromHex(`3026${long}020101`), 32)).toBeNull();
  });
});

describe('whatever bytes come', () => {
  it('are read as DER, or not, without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
        const input = new Uint8Array(data);
        readElements(input);
        readSequence(input);
        readCertificate(input);
        expect(ecdsaSignatureFromDer(input, 32)?.length ?? 64).toBe(64);
      }),
      { numRuns: 500 },
    );
  });

  it('also those of a certificate with one byte changed', () => {
    const publicKey = rsa.publicKey.export(pem).toString();
    const text = makeCertificate({ publicKey, commonName: 'a', notBefore: noon, notAfter: noon + 1 });
    const der = Buffer.from(text.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    for (let index = 0; index < der.length; index += 1) {
      const changed = toBytes(der);
      changed[index] = (changed[index] ?? 0) ^ 0x55;
      readCertificate(changed);
    }
    expect(readCertificate(toBytes(der))?.commonName).toBe('a');
  });
});

describe('a certificate', () => {
  const publicKey = rsa.publicKey.export(pem).toString();
  const text = makeCertificate({
    publicKey,
    commonName: 'messages.example.com',
    notBefore: Date.UTC(2026, 0, 1),
    notAfter: Date.UTC(2027, 0, 1),
  });

  it('tells its name, its time and its key', () => {
    const certificate = parseCertificate(text);
    expect(certificate).toMatchObject({
      commonName: 'messages.example.com',
      notBeforeAt: Date.UTC(2026, 0, 1),
      notAfterAt: Date.UTC(2027, 0, 1),
    });
    const spki = rsa.publicKey.export({ type: 'spki', format: 'der' });
    expect(certificate?.publicKey).toEqual(toBytes(spki));
  });

  it('is nothing but a certificate', () => {
    expect(parseCertificate(publicKey)).toBeNull();
    expect(parseCertificate('')).toBeNull();
    expect(parseCertificate('-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----')).toBeNull();
  });
});

describe('a public key', () => {
  const usable = async (text: string, algorithm: 'rsa' | 'ecdsa' | 'ed25519') =>
    (await importPublicKey(text, algorithm, 'SHA-256')) !== null;

  it('is taken in every form it is written in', async () => {
    const rsaPem = rsa.publicKey.export(pem).toString();
    const ecPem = ec.publicKey.export(pem).toString();
    const edRaw = ed.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
    const base64 = ecPem.replace(/-----[^-]+-----|\s/g, '');
    const certificate = makeCertificate({ publicKey: rsaPem, commonName: 'a', notBefore: 0, notAfter: 1 });
    expect(await usable(rsaPem, 'rsa')).toBe(true);
    expect(await usable(rsaPem.replaceAll('\n', '\\n'), 'rsa')).toBe(true);
    expect(await usable(certificate, 'rsa')).toBe(true);
    expect(await usable(JSON.stringify(rsa.publicKey.export({ format: 'jwk' })), 'rsa')).toBe(true);
    expect(await usable(ecPem.replaceAll('\n', ''), 'ecdsa')).toBe(true);
    expect(await usable(base64, 'ecdsa')).toBe(true);
    expect(await usable(JSON.stringify(ec.publicKey.export({ format: 'jwk' })), 'ecdsa')).toBe(true);
    expect(await usable(edRaw.toString('hex'), 'ed25519')).toBe(true);
    expect(await usable(edRaw.toString('base64'), 'ed25519')).toBe(true);
    expect(await usable(`whpk_${edRaw.toString('base64')}`, 'ed25519')).toBe(true);
    expect(await usable(ed.publicKey.export(pem).toString(), 'ed25519')).toBe(true);
  });

  it('of another kind, too weak, or private is none', async () => {
    expect(await usable(ec.publicKey.export(pem).toString(), 'rsa')).toBe(false);
    expect(await usable(rsa.publicKey.export(pem).toString(), 'ecdsa')).toBe(false);
    expect(await usable(weak.publicKey.export(pem).toString(), 'rsa')).toBe(false);
    const secret = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(await usable(secret, 'rsa')).toBe(false);
    for (const text of ['', ' ', 'abc', 'YWJjZA==', '{', '{}', '-----BEGIN PUBLIC KEY-----']) {
      expect(await usable(text, 'rsa')).toBe(false);
    }
    for (const text of ['', 'YWJjZA==', 'not a key']) expect(looksLikePublicKey(text)).toBe(false);
  });
});

it('CRC-32 gives the known answers', () => {
  expect(crc32(bytes(''))).toBe(0);
  expect(crc32(bytes('123456789'))).toBe(0xcbf43926);
  expect(crc32(bytes('The quick brown fox jumps over the lazy dog'))).toBe(0x414fa339);
});
