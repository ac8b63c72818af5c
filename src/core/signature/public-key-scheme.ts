// Builds a scheme whose signature is checked with a public key: RSA (PKCS #1 v1.5), ECDSA or Ed25519. The key is the
// source's secret, or comes from the sender's own servers (a JWKS). A wrong definition throws and so stops the start.

import { type RowOptions, toSignedRow } from './hmac-scheme.ts';
import type { KeyAlgorithm, SignatureEncoding } from './scheme.ts';
import { type FindKey, type SignedScheme, signedScheme } from './signed-scheme.ts';

export type PublicKeySchemeOptions = RowOptions & {
  readonly algorithm: Exclude<KeyAlgorithm, 'hmac'>;
  /** Default base64; of ECDSA `der_base64`, the form senders use. */
  readonly encoding?: SignatureEncoding;
  /** Where the sender's key comes from. Default: it is the secret, which then rotates like any other. */
  readonly findKey?: FindKey;
};

export function publicKeyScheme({ findKey, ...options }: PublicKeySchemeOptions): SignedScheme {
  const { algorithm, encoding = algorithm === 'ecdsa' ? 'der_base64' : 'base64' } = options;
  const row = toSignedRow(options, { algorithm, encoding, secretForm: 'public_key' });
  return signedScheme(row, findKey ?? null);
}
