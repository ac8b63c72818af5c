// Further senders are rows: each scheme here is data alone, checked against the sender's published vectors.
import { describe, expect, it } from 'vitest';
import { hmacScheme } from '../../../src/core/signature/hmac-scheme.ts';
import { createKeyCache } from '../../../src/core/signature/key-cache.ts';
import type { HmacScheme, SignatureScheme } from '../../../src/core/signature/scheme.ts';
import { verifySignature } from '../../../src/core/signature/verify-signature.ts';
import { noon, received } from '../../support/requests.ts';
import { readVectors, type SignatureVector, vectorsDirectory } from '../../support/vectors.ts';

type UrlVector = SignatureVector & { readonly url?: string };

const paddle: HmacScheme = {
  ...hmacScheme({ name: 'paddle', header: 'paddle-signature' }),
  place: {
    kind: 'key_values',
    name: 'paddle-signature',
    separator: ';',
    timestampKey: 'ts',
    signatureKey: 'h1',
  },
  signed: [{ kind: 'timestamp' }, { kind: 'text', text: ':' }, { kind: 'raw' }],
  timestamp: { header: null, unit: 's', pastToleranceSeconds: 5, futureToleranceSeconds: null },
};
const versioned = (name: string, header: string, timestampHeader: string) =>
  hmacScheme({
    name,
    header,
    prefix: 'v0=',
    signed: 'v0:{timestamp}:{body}',
    timestamp: { header: timestampHeader },
  });
const prefixed = (header: string) => hmacScheme({ name: header, header, prefix: 'sha256=' });
const bare = (header: string, encoding: 'hex' | 'base64') => hmacScheme({ name: header, header, encoding });

/** The URL is configured, so it stands in the scheme. */
const square = ({ url = '' }: UrlVector) =>
  hmacScheme({
    name: 'square',
    header: 'x-square-hmacsha256-signature',
    encoding: 'base64',
    signed: [{ kind: 'text', text: url }, { kind: 'raw' }],
  });
const hubspotV3 = ({ url = '' }: UrlVector) =>
  hmacScheme({
    name: 'hubspot-v3',
    header: 'x-hubspot-signature-v3',
    encoding: 'base64',
    signed: [{ kind: 'method' }, { kind: 'text', text: url }, { kind: 'raw' }, { kind: 'timestamp' }],
    timestamp: { header: 'x-hubspot-request-timestamp', unit: 'ms' },
  });

const rows: readonly {
  readonly file: string;
  readonly scheme: (vector: UrlVector) => SignatureScheme;
  readonly of?: string;
}[] = [
  { file: 'github', scheme: () => prefixed('x-hub-signature-256') },
  { file: 'bitbucket', scheme: () => prefixed('x-hub-signature') },
  { file: 'meta', scheme: () => prefixed('x-hub-signature-256'), of: 'hub-sha256' },
  {
    file: 'slack',
    scheme: () => versioned('slack', 'x-slack-signature', 'x-slack-request-timestamp'),
    of: 'slack-v0',
  },
  {
    file: 'zoom',
    scheme: () => versioned('zoom', 'x-zm-signature', 'x-zm-request-timestamp'),
    of: 'zoom-v0',
  },
  { file: 'paddle', scheme: () => paddle },
  { file: 'xero', scheme: () => bare('x-xero-signature', 'base64') },
  { file: 'intuit-quickbooks', scheme: () => bare('intuit-signature', 'base64') },
  { file: 'lemonsqueezy', scheme: () => bare('x-signature', 'hex') },
  {
    file: 'mollie',
    scheme: () =>
      hmacScheme({ name: 'mollie', header: 'x-mollie-signature', prefix: 'sha256=', prefixOptional: true }),
    of: 'hmac-sha256-hex',
  },
  { file: 'square', scheme: square },
  { file: 'hubspot', scheme: hubspotV3, of: 'hubspot-v3' },
];

/** Vectors without a time were recorded at the time they are signed for. */
function arrivalOf(vector: SignatureVector): number {
  const signedAt = /^ts=(\d+)/.exec(vector.headers['paddle-signature'] ?? '')?.[1];
  const seconds = vector.now ?? signedAt;
  return seconds === undefined ? noon : Number(seconds) * 1000;
}

describe.each(rows)('the published vectors of $file', ({ file, scheme, of }) => {
  const vectors = readVectors(file);
  if (vectors === null) {
    it(`were NOT checked: ${vectorsDirectory}/${file}.json is absent (set VECTORS_DIR)`, () => {
      console.warn(
        `Signature vectors NOT checked: ${vectorsDirectory}/${file}.json is absent. Set VECTORS_DIR.`,
      );
    });
    return;
  }
  it.each(vectors.filter((vector) => of === undefined || vector.scheme === of))(
    '$name: valid is $valid',
    async (vector) => {
      const secrets = (vector as { secrets?: readonly string[] }).secrets ?? [vector.secret ?? ''];
      const verdicts = await Promise.all(
        secrets.map((current) =>
          verifySignature({
            scheme: scheme(vector),
            secrets: { current, previous: vector.secret ?? null },
            request: received({ method: vector.method, headers: vector.headers, body: vector.body }),
            now: arrivalOf(vector),
            keys: createKeyCache(),
          }),
        ),
      );
      expect(verdicts.some((verdict) => verdict.ok)).toBe(vector.valid);
    },
  );
});
