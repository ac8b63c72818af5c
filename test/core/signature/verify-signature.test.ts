// Each way a signature can fail has its own reason, and rotation works: the senders' schemes with node:crypto as signer.
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Signing, signedRequest } from '../../../scripts/lib/senders.ts';
import { hmacScheme } from '../../../src/core/signature/hmac-scheme.ts';
import { createKeyCache } from '../../../src/core/signature/key-cache.ts';
import type { SignatureScheme } from '../../../src/core/signature/scheme.ts';
import { verifySignature } from '../../../src/core/signature/verify-signature.ts';
import type { ReceivedRequest } from '../../../src/core/source.ts';
import { noon, received, receivedFrom } from '../../support/requests.ts';
import { schemes } from './preset-schemes.ts';

const senders = ['shopify', 'stripe', 'woocommerce', 'standard-webhooks', 'generic-hmac'] as const;
type Sender = (typeof senders)[number];

const schemeOf: Readonly<Record<Sender, SignatureScheme>> = {
  shopify: schemes.shopify,
  stripe: schemes.stripe,
  woocommerce: schemes.woocommerce,
  'standard-webhooks': schemes.standard_webhooks,
  'generic-hmac': hmacScheme({
    name: 'warehouse',
    header: 'X-Warehouse-Signature',
    prefix: 'sha256=',
    signed: '{timestamp}.{body}',
    timestamp: { header: 'X-Warehouse-Timestamp' },
  }),
};
const signatureHeader: Readonly<Record<Sender, string>> = {
  shopify: 'x-shopify-hmac-sha256',
  stripe: 'stripe-signature',
  woocommerce: 'x-wc-webhook-signature',
  'standard-webhooks': 'webhook-signature',
  'generic-hmac': 'x-warehouse-signature',
};
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const other = 'whsec_plJ3nmyCDGBKInavdOK15jsl';
const signing: Signing = { secret, topic: 'order.created', payload: { id: 1 }, now: noon, id: 'msg_1' };

async function check(
  scheme: SignatureScheme,
  request: ReceivedRequest,
  secrets: { current: string; previous: string | null } = { current: secret, previous: null },
) {
  const verdict = await verifySignature({
    scheme,
    secrets,
    request,
    now: request.receivedAt,
    keys: createKeyCache(),
  });
  return verdict.ok ? verdict.verifiedWith : verdict.reason;
}

describe.each(senders)('a request signed as %s signs', (sender) => {
  const scheme = schemeOf[sender];
  const name = signatureHeader[sender];
  const signed = signedRequest(sender, signing);
  const good = receivedFrom(signed);
  const withSignature = (value: string) => receivedFrom(signed, { headers: { [name]: value } });

  it('is verified with the current secret', async () => {
    expect(await check(scheme, good)).toBe('current');
  });

  it('is verified with the previous secret until that is dropped', async () => {
    expect(await check(scheme, good, { current: other, previous: secret })).toBe('previous');
    expect(await check(scheme, good, { current: other, previous: null })).toBe('mismatch');
  });

  it('is refused with an empty or blank secret, also where a signer used one', async () => {
    const withEmpty = receivedFrom(signedRequest(sender, { ...signing, secret: '' }));
    expect(await check(scheme, withEmpty, { current: '', previous: null })).toBe('secret_unusable');
    expect(await check(scheme, good, { current: '  ', previous: null })).toBe('secret_unusable');
    expect(await check(scheme, good, { current: '', previous: other })).toBe('secret_unusable');
    expect(await check(scheme, good, { current: '', previous: secret })).toBe('previous');
  });

  it('is refused without its signature header, or with an empty one', async () => {
    const { [name]: _dropped, ...rest } = signed.headers;
    expect(await check(scheme, received({ headers: rest, body: signed.body }))).toBe('missing_signature');
    expect(await check(scheme, withSignature(''))).toBe('missing_signature');
    expect(await check(scheme, withSignature('   '))).toBe('missing_signature');
  });

  it('is refused when the signature header came twice, apart or joined', async () => {
    const value = good.headers[name]!;
    expect(await check(scheme, { ...good, repeatedHeaders: [name] })).toBe('repeated_header');
    expect(await check(scheme, withSignature(`${value}, ${value}`))).toBe('repeated_header');
  });

  it('is refused with a truncated signature', async () => {
    const value = good.headers[name]!;
    for (const cut of [1, 2, 10, value.length - 12]) {
      expect(['malformed_signature', 'missing_signature']).toContain(
        await check(scheme, withSignature(value.slice(0, -cut))),
      );
    }
  });

  it('is refused with a signature of another encoding', async () => {
    const digest = createHmac('sha256', secret).update(signed.body);
    expect(await check(scheme, withSignature(`${digest.digest('base64url')}!`))).toBe('malformed_signature');
  });

  it('is refused with an oversized signature header', async () => {
    expect(await check(scheme, withSignature('a'.repeat(2049)))).toBe('signature_too_long');
  });

  it('is refused with another body', async () => {
    expect(await check(scheme, receivedFrom({ ...signed, body: `${signed.body}\n` }))).toBe('mismatch');
    expect(await check(scheme, receivedFrom({ ...signed, body: '' }))).toBe('mismatch');
  });
});

describe('a signed time', () => {
  const timed: readonly Sender[] = ['stripe', 'standard-webhooks', 'generic-hmac'];

  it.each(timed)('of %s may be 300 s off, to the second, in both directions', async (sender) => {
    const at = (offsetMs: number) =>
      receivedFrom(signedRequest(sender, signing), { receivedAt: noon + offsetMs });
    expect(await check(schemeOf[sender], at(300_999))).toBe('current');
    expect(await check(schemeOf[sender], at(301_000))).toBe('timestamp_too_old');
    expect(await check(schemeOf[sender], at(-300_000))).toBe('current');
    expect(await check(schemeOf[sender], at(-300_001))).toBe('timestamp_too_new');
  });

  it('keeps a captured Stripe request from being replayed an hour later', async () => {
    const captured = receivedFrom(signedRequest('stripe', signing), { receivedAt: noon + 3_600_000 });
    expect(await check(schemes.stripe, captured)).toBe('timestamp_too_old');
  });

  it.each([
    ['', 'timestamp_missing'],
    ['abc', 'timestamp_malformed'],
    ['-1', 'timestamp_malformed'],
    ['+1', 'timestamp_malformed'],
    ['1.5', 'timestamp_malformed'],
    ['1e9', 'timestamp_malformed'],
    ['0x10', 'timestamp_malformed'],
    [' 1', 'timestamp_malformed'],
    ['١', 'timestamp_malformed'],
    ['9'.repeat(15), 'timestamp_malformed'],
    ['9'.repeat(400), 'timestamp_malformed'],
    ['0', 'timestamp_too_old'],
  ])('written as %j is refused as %s', async (text, reason) => {
    const request = receivedFrom(signedRequest('standard-webhooks', signing), {
      headers: { 'webhook-timestamp': text },
    });
    expect(await check(schemes.standard_webhooks, request)).toBe(reason);
  });

  it('that came twice is refused', async () => {
    const request = receivedFrom(signedRequest('standard-webhooks', signing), {
      repeatedHeaders: ['webhook-timestamp'],
    });
    expect(await check(schemes.standard_webhooks, request)).toBe('repeated_header');
  });

  it('can be in milliseconds or ISO 8601 where a sender writes it so', async () => {
    const body = '{}';
    for (const [unit, text] of [
      ['ms', String(noon)],
      ['iso', new Date(noon).toISOString()],
    ] as const) {
      const scheme = hmacScheme({
        name: 'x',
        header: 'x-sig',
        signed: '{timestamp}{body}',
        timestamp: { header: 'x-time', unit },
      });
      const signature = createHmac('sha256', secret).update(`${text}${body}`).digest('hex');
      const headers = { 'x-sig': signature, 'x-time': text };
      expect(await check(scheme, received({ headers, body, receivedAt: noon + 300_000 }))).toBe('current');
      expect(await check(scheme, received({ headers, body, receivedAt: noon + 300_001 }))).toBe(
        'timestamp_too_old',
      );
    }
  });
});

describe('the Stripe signature header', () => {
  const signed = signedRequest('stripe', signing);
  const value = signed.headers['stripe-signature']!;
  const time = value.slice(0, value.indexOf(','));
  const v1 = value.slice(value.indexOf('v1='));
  const checkValue = (header: string) =>
    check(schemes.stripe, receivedFrom(signed, { headers: { 'stripe-signature': header } }));

  it('counts any v1 that matches and skips what is no signature', async () => {
    expect(await checkValue(`${time},v1=potato,${v1},v0=beef`)).toBe('current');
    expect(await checkValue(`${time},v0=beef`)).toBe('malformed_signature');
    expect(await checkValue(`${time},v1=potato`)).toBe('malformed_signature');
    expect(await checkValue(`${time},v1=${'ab'.repeat(32)}`)).toBe('mismatch');
  });

  it('without a time, or with two, proves nothing', async () => {
    expect(await checkValue(v1)).toBe('timestamp_missing');
    expect(await checkValue(`${time},${time},${v1}`)).toBe('repeated_header');
    expect(await checkValue(`t=1,${time},${v1}`)).toBe('repeated_header');
  });

  it('tries no more than eight signatures', async () => {
    const wrong = `v1=${'ab'.repeat(32)}`;
    expect(await checkValue([time, ...Array(7).fill(wrong), v1].join(','))).toBe('current');
    expect(await checkValue([time, ...Array(8).fill(wrong), v1].join(','))).toBe('too_many_signatures');
  });
});

describe('header families', () => {
  const shopifySigned = signedRequest('shopify', signing);
  const right = shopifySigned.headers['x-shopify-hmac-sha256']!;
  const wrong = createHmac('sha256', other).update(shopifySigned.body).digest('base64');

  it('of Shopify: the newer one counts when both come, whatever the older one says', async () => {
    const both = (newer: string, older: string) =>
      check(
        schemes.shopify,
        receivedFrom(shopifySigned, {
          headers: { 'shopify-hmac-sha256': newer, 'x-shopify-hmac-sha256': older },
        }),
      );
    expect(await both(right, wrong)).toBe('current');
    expect(await both(wrong, right)).toBe('mismatch');
    expect(await both('', right)).toBe('missing_signature');
  });

  it('of Standard Webhooks: the Svix names are the same three headers', async () => {
    const { headers, body } = signedRequest('standard-webhooks', signing);
    const svix = Object.fromEntries(
      Object.entries(headers).map(([key, value]) => [key.replace('webhook-', 'svix-'), value]),
    );
    expect(await check(schemes.standard_webhooks, received({ headers: svix, body }))).toBe('current');
    const mixed = { ...svix, 'webhook-signature': headers['webhook-signature']! };
    expect(await check(schemes.standard_webhooks, received({ headers: mixed, body }))).toBe('missing_header');
  });
});

describe('Standard Webhooks keys', () => {
  const signed = signedRequest('standard-webhooks', signing);

  it('may come without prefix and without padding', async () => {
    const padded = 'whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtMQ==';
    const request = receivedFrom(signedRequest('standard-webhooks', { ...signing, secret: padded }));
    const spellings = [
      padded,
      padded.slice('whsec_'.length),
      padded.slice(0, -2),
      padded.slice('whsec_'.length, -2),
    ];
    for (const current of spellings) {
      expect(await check(schemes.standard_webhooks, request, { current, previous: null })).toBe('current');
    }
    const misspelt = [padded.slice(0, -1), `${padded}=`, 'whsec_', 'whsec_!!!!', 'whsk_AAAA', 'whpk_AAAA'];
    for (const current of misspelt) {
      expect(await check(schemes.standard_webhooks, request, { current, previous: null })).toBe(
        'secret_unusable',
      );
    }
  });

  it('may be an Ed25519 public key, which counts v1a entries and no others', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const content = `${signed.headers['webhook-id']}.${signed.headers['webhook-timestamp']}.${signed.body}`;
    const v1a = `v1a,${sign(null, Buffer.from(content), privateKey).toString('base64')}`;
    const current = `whpk_${publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64')}`;
    const v1 = signed.headers['webhook-signature']!;
    const verdictOf = (header: string) =>
      check(schemes.standard_webhooks, receivedFrom(signed, { headers: { 'webhook-signature': header } }), {
        current,
        previous: null,
      });
    expect(await verdictOf(v1a)).toBe('current');
    expect(await verdictOf(`${v1} ${v1a}`)).toBe('current');
    expect(await verdictOf(v1)).toBe('malformed_signature');
    expect(await verdictOf(`${v1} ${v1a.slice(0, -8)}AAAAAA==`)).toBe('mismatch');
  });

  it('skip entries of unknown versions and refuse a list joined from two headers', async () => {
    const v1 = signed.headers['webhook-signature']!;
    const verdictOf = (header: string) =>
      check(schemes.standard_webhooks, receivedFrom(signed, { headers: { 'webhook-signature': header } }));
    expect(await verdictOf(`v9,abc ${v1} nonsense`)).toBe('current');
    expect(await verdictOf('v9,abc')).toBe('malformed_signature');
    expect(await verdictOf(`v9,abc, ${v1}`)).toBe('repeated_header');
  });
});

describe('the WooCommerce secret', () => {
  it('is decoded from HTML before it signs', async () => {
    const signed = signedRequest('woocommerce', { ...signing, secret: 'a&b"c\'d<e' });
    const verdictOf = (current: string) =>
      check(schemes.woocommerce, receivedFrom(signed), { current, previous: null });
    expect(await verdictOf('a&amp;b&quot;c&#039;d&lt;e')).toBe('current');
    expect(await verdictOf('a&b"c\'d<e')).toBe('current');
    expect(await verdictOf('a&amp;amp;b"c\'d<e')).toBe('mismatch');
  });
});
