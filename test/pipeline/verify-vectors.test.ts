// The senders' published signature vectors, through the real stage 2.
// A vector says whether the signature is good; whether its body is an event is another question, tested elsewhere.

import { describe, expect, it } from 'vitest';
import { createKeyCache } from '../../src/core/signature/key-cache.ts';
import type { SourcePreset } from '../../src/core/source.ts';
import { genericHmac } from '../../src/core/sources/generic-hmac.ts';
import { shopify } from '../../src/core/sources/shopify.ts';
import { standardWebhooks } from '../../src/core/sources/standard-webhooks.ts';
import { stripe } from '../../src/core/sources/stripe.ts';
import { woocommerce } from '../../src/core/sources/woocommerce.ts';
import { verify } from '../../src/pipeline/verify.ts';
import { noon, received, runtime } from '../support/requests.ts';
import { readVectors, type SignatureVector, vectorsDirectory } from '../support/vectors.ts';

const keys = createKeyCache();
const hashes = { sha1: 'SHA-1', sha256: 'SHA-256', sha512: 'SHA-512' } as const;

function genericPreset(vector: SignatureVector): SourcePreset {
  return genericHmac({
    signature: {
      header: vector.signature_header ?? 'x-signature',
      hash: hashes[vector.hash ?? 'sha256'],
      encoding: vector.encoding ?? 'hex',
      secretForm: vector.secret_hex === undefined ? 'text' : 'hex',
      ...(vector.signature_prefix === undefined ? {} : { prefix: vector.signature_prefix }),
    },
    id: { path: 'id' },
    type: { fixed: 'test' },
  });
}

const files: readonly {
  readonly file: string;
  readonly presetOf: (vector: SignatureVector) => SourcePreset;
}[] = [
  { file: 'standard-webhooks', presetOf: () => standardWebhooks() },
  { file: 'svix', presetOf: () => standardWebhooks() },
  { file: 'stripe', presetOf: () => stripe },
  { file: 'shopify', presetOf: () => shopify },
  { file: 'woocommerce', presetOf: () => woocommerce },
  { file: 'generic', presetOf: genericPreset },
];

/** In generic.json, and no HMAC over the request: they are other schemes than the generic-hmac source has. */
const otherSchemes = new Set(['basic-auth', 'jwt-hs256']);

async function isVerified(vector: SignatureVector, preset: SourcePreset): Promise<boolean> {
  const request = received({
    headers: vector.headers,
    body: vector.body,
    receivedAt: vector.now === undefined ? noon : vector.now * 1000,
  });
  const source = runtime(preset, vector.secret ?? vector.secret_hex ?? '');
  const verified = await verify(request, source, { keys });
  return verified.ok || verified.error.kind === 'unparsable';
}

describe.each(files)('vectors of $file', ({ file, presetOf }) => {
  const vectors = readVectors(file);
  if (vectors === null) {
    it(`were NOT checked: ${vectorsDirectory}/${file}.json is absent (set VECTORS_DIR)`, () => {
      console.warn(
        `Signature vectors NOT checked: ${vectorsDirectory}/${file}.json is absent. Set VECTORS_DIR.`,
      );
    });
    return;
  }
  const covered = vectors.filter((vector) => !otherSchemes.has(vector.scheme));

  it('are there', () => {
    expect(covered.length).toBeGreaterThan(2);
  });

  it.each(covered)('$name: valid is $valid', async (vector) => {
    expect(await isVerified(vector, presetOf(vector))).toBe(vector.valid);
  });

  it.each(covered.filter((vector) => vector.valid && vector.body !== ''))(
    '$name: another body is refused',
    async (vector) => {
      const tampered = { ...vector, body: `${vector.body} ` };
      expect(await isVerified(tampered, presetOf(vector))).toBe(false);
    },
  );
});
