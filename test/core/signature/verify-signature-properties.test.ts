// Properties of the verification: any changed byte is noticed, and nothing that arrives makes it throw.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Sender, signedRequest } from '../../../scripts/lib/senders.ts';
import { hmacScheme } from '../../../src/core/signature/hmac-scheme.ts';
import { createKeyCache } from '../../../src/core/signature/key-cache.ts';
import type { SignatureScheme } from '../../../src/core/signature/scheme.ts';
import { verifySignature } from '../../../src/core/signature/verify-signature.ts';
import { bytes, noon, received, receivedFrom } from '../../support/requests.ts';
import { schemes } from './preset-schemes.ts';

const keys = createKeyCache();
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const secrets = { current: secret, previous: null };
const generic = hmacScheme({
  name: 'warehouse',
  header: 'x-warehouse-signature',
  prefix: 'sha256=',
  signed: '{timestamp}.{body}',
  timestamp: { header: 'x-warehouse-timestamp' },
});
const cases: readonly (readonly [Sender, SignatureScheme, string])[] = [
  ['shopify', schemes.shopify, 'x-shopify-hmac-sha256'],
  ['stripe', schemes.stripe, 'stripe-signature'],
  ['woocommerce', schemes.woocommerce, 'x-wc-webhook-signature'],
  ['standard-webhooks', schemes.standard_webhooks, 'webhook-signature'],
  ['generic-hmac', generic, 'x-warehouse-signature'],
];
const payload = fc.record({ id: fc.integer(), note: fc.string({ unit: 'binary', maxLength: 40 }) });

async function reasonOf(scheme: SignatureScheme, request: ReturnType<typeof received>): Promise<string> {
  const verdict = await verifySignature({ scheme, secrets, request, now: noon, keys });
  return verdict.ok ? 'verified' : verdict.reason;
}

describe.each(cases)('a request signed as %s signs', (sender, scheme, header) => {
  it('is verified whatever it says, and refused when any one byte of the body is changed', async () => {
    await fc.assert(
      fc.asyncProperty(payload, fc.nat(), fc.integer({ min: 1, max: 255 }), async (value, place, flip) => {
        const signed = signedRequest(sender, {
          secret,
          topic: 'order.created',
          payload: value,
          now: noon,
          id: 'msg_1',
        });
        expect(await reasonOf(scheme, receivedFrom(signed))).toBe('verified');
        const body = bytes(signed.body);
        const at = place % body.length;
        body[at] = (body[at] ?? 0) ^ flip;
        expect(await reasonOf(scheme, received({ headers: signed.headers, body }))).toBe('mismatch');
      }),
      { numRuns: 60 },
    );
  });

  it('is refused when any one character of its signature header is changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), async (place, character) => {
        const signed = signedRequest(sender, {
          secret,
          topic: 'a.b',
          payload: { id: 7 },
          now: noon,
          id: 'msg_1',
        });
        const value = signed.headers[header] ?? '';
        const at = place % value.length;
        // Hex has two spellings of a digit, and blanks around an item of Stripe's list mean nothing.
        fc.pre(value[at]?.toLowerCase() !== character.toLowerCase() && character !== ' ');
        const changed = value.slice(0, at) + character + value.slice(at + 1);
        const request = receivedFrom(signed, { headers: { [header]: changed } });
        expect(await reasonOf(scheme, request)).not.toBe('verified');
      }),
      { numRuns: 120 },
    );
  });

  it('is answered with a value whatever the headers and the body are', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom('t=1,v1=', 'v1,', 'sha256=', '=', ','),
    );
    const names = fc.constantFrom(
      header,
      'webhook-id',
      'webhook-timestamp',
      'x-warehouse-timestamp',
      '__proto__',
      'svix-id',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(names, text),
        fc.uint8Array({ maxLength: 80 }),
        fc.array(names, { maxLength: 2 }),
        async (headers, body, repeatedHeaders) => {
          const request = received({ headers, body: new Uint8Array(body), repeatedHeaders });
          expect(await reasonOf(scheme, request)).not.toBe('verified');
        },
      ),
      { numRuns: 200 },
    );
  });
});

it('no secret makes the verification throw', async () => {
  const forms = ['text', 'whsec_base64', 'hex', 'html_decoded_text'] as const;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...forms),
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.base64String().map((key) => `whpk_${key}`),
        fc.stringMatching(/^[0-9a-f]{0,40}$/),
      ),
      async (secretForm, current) => {
        const scheme = hmacScheme({ name: 'x', header: 'x-signature', secretForm });
        const request = received({ headers: { 'x-signature': 'ab'.repeat(32) }, body: 'x' });
        const check = { scheme, secrets: { current, previous: current }, request, now: noon, keys };
        const verdict = await verifySignature(check);
        expect(verdict.ok).toBe(false);
      },
    ),
    { numRuns: 200 },
  );
});
