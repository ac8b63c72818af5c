// A public key as people and senders write it (PEM, PEM in one line, certificate, bare base64, JWK, raw Ed25519 bytes),
// made into a WebCrypto key. May not fetch anything; what is no usable key is null, and nothing throws.

import { type Certificate, readCertificate } from './certificate.ts';
import { decodeBase64, decodeHex } from './decode-bytes.ts';
import { readElements, readSequence } from './der.ts';
import type { HmacHash, KeyAlgorithm } from './scheme.ts';

type Bytes = Uint8Array<ArrayBuffer>;

type KeyMaterial =
  | { readonly kind: 'spki'; readonly bytes: Bytes }
  | { readonly kind: 'raw'; readonly bytes: Bytes }
  | { readonly kind: 'jwk'; readonly jwk: JsonWebKey };

export type PublicKeyAlgorithm = Exclude<KeyAlgorithm, 'hmac'>;

export type PublicKey = {
  readonly key: CryptoKey;
  /** What `subtle.verify` is called with. */
  readonly parameters: { readonly name: string; readonly hash?: string };
  /** Length of a signature as WebCrypto takes it. */
  readonly signatureBytes: number;
};

const armour = /^-----BEGIN ([A-Z ]+)-----([\s\S]*?)-----END \1-----$/;
const ed25519KeyBytes = 32;

/** Bits. Shorter RSA keys can be factored, and every sender's are at least this long. */
const minRsaBits = 2048;

const curves: readonly { readonly name: string; readonly id: string; readonly coordinateBytes: number }[] = [
  { name: 'P-256', id: '2a8648ce3d030107', coordinateBytes: 32 },
  { name: 'P-384', id: '2b81040022', coordinateBytes: 48 },
  { name: 'P-521', id: '2b81040023', coordinateBytes: 66 },
];

/** A variable of one line writes its line breaks as `\n`. */
function withLines(text: string): string {
  return text.replaceAll('\\n', '\n').trim();
}

/** The bytes between the lines of a PEM; line breaks may be missing. */
function readArmour(text: string): { readonly label: string; readonly bytes: Bytes } | null {
  const match = armour.exec(text);
  const bytes = match === null ? null : decodeBase64((match[2] ?? '').replace(/\s/g, ''));
  return bytes === null ? null : { label: match?.[1] ?? '', bytes };
}

/** A certificate in PEM; null where the text is something else. */
export function parseCertificate(text: string): Certificate | null {
  const pem = readArmour(withLines(text));
  return pem?.label === 'CERTIFICATE' ? readCertificate(pem.bytes) : null;
}

function parseJwk(text: string): KeyMaterial | null {
  try {
    // Only what makes the key: its `alg` and `use` are compared where a scheme says so, and would refuse an import.
    const { kty, crv, n, e, x, y } = JSON.parse(text) as JsonWebKey;
    return { kind: 'jwk', jwk: JSON.parse(JSON.stringify({ kty, crv, n, e, x, y })) as JsonWebKey };
  } catch {
    return null;
  }
}

function parseMaterial(secret: string): KeyMaterial | null {
  const text = withLines(secret);
  if (text.startsWith('{')) return parseJwk(text);
  if (text.startsWith('-----')) {
    const pem = readArmour(text);
    if (pem?.label === 'PUBLIC KEY') return { kind: 'spki', bytes: pem.bytes };
    const certificate = pem?.label === 'CERTIFICATE' ? readCertificate(pem.bytes) : null;
    return certificate === null ? null : { kind: 'spki', bytes: certificate.publicKey };
  }
  const hex = text.length === 2 * ed25519KeyBytes ? decodeHex(text) : null;
  if (hex !== null) return { kind: 'raw', bytes: hex };
  const bytes = decodeBase64(text.replace(/^whpk_/, '').replace(/\s/g, ''));
  if (bytes === null || bytes.length === 0) return null;
  if (bytes.length === ed25519KeyBytes) return { kind: 'raw', bytes };
  return readSequence(bytes) === null ? null : { kind: 'spki', bytes };
}

/** The curve a SubjectPublicKeyInfo or a JWK names. */
function curveOf(material: KeyMaterial) {
  if (material.kind === 'jwk') return curves.find(({ name }) => name === material.jwk.crv);
  const [algorithm] = readSequence(material.bytes) ?? [];
  const [, curve] = (algorithm === undefined ? null : readElements(algorithm.value)) ?? [];
  const id = [...(curve?.value ?? [])].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return curves.find((each) => each.id === id);
}

function importAs(
  material: KeyMaterial,
  algorithm: { name: string; hash?: string; namedCurve?: string },
): Promise<CryptoKey> {
  return material.kind === 'jwk'
    ? crypto.subtle.importKey('jwk', material.jwk, algorithm, false, ['verify'])
    : crypto.subtle.importKey(material.kind, material.bytes, algorithm, false, ['verify']);
}

async function importRsa(material: KeyMaterial, hash: HmacHash): Promise<PublicKey | null> {
  if (material.kind === 'raw') return null;
  const name = 'RSASSA-PKCS1-v1_5';
  const key = await importAs(material, { name, hash });
  const bits = (key.algorithm as { readonly modulusLength?: number }).modulusLength ?? 0;
  return bits < minRsaBits ? null : { key, parameters: { name }, signatureBytes: Math.ceil(bits / 8) };
}

async function importEcdsa(material: KeyMaterial, hash: HmacHash): Promise<PublicKey | null> {
  const curve = material.kind === 'raw' ? undefined : curveOf(material);
  if (curve === undefined) return null;
  const key = await importAs(material, { name: 'ECDSA', namedCurve: curve.name });
  return { key, parameters: { name: 'ECDSA', hash }, signatureBytes: 2 * curve.coordinateBytes };
}

async function importEd25519(material: KeyMaterial): Promise<PublicKey | null> {
  const key = await importAs(material, { name: 'Ed25519' });
  return { key, parameters: { name: 'Ed25519' }, signatureBytes: 64 };
}

/** Null where the text is no public key of that algorithm, or a key too weak to prove anything. */
export async function importPublicKey(
  text: string,
  algorithm: PublicKeyAlgorithm,
  hash: HmacHash,
): Promise<PublicKey | null> {
  const material = parseMaterial(text);
  if (material === null) return null;
  try {
    switch (algorithm) {
      case 'rsa':
        return await importRsa(material, hash);
      case 'ecdsa':
        return await importEcdsa(material, hash);
      case 'ed25519':
        return await importEd25519(material);
    }
  } catch {
    // Not a key, or none of this algorithm: some runtimes say so only here.
    return null;
  }
}

/** Whether the text could be a public key at all: what can be said without WebCrypto, when the relay starts. */
export function looksLikePublicKey(text: string): boolean {
  return parseMaterial(text) !== null;
}
