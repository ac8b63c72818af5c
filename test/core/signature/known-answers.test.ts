// Signatures as the senders' own documents and test suites publish them: evidence that needs no file beside the repository.
import { describe, expect, it } from 'vitest';
import { createKeyCache } from '../../../src/core/signature/key-cache.ts';
import type { SignatureScheme } from '../../../src/core/signature/scheme.ts';
import { verifySignature } from '../../../src/core/signature/verify-signature.ts';
import { noon, received } from '../../support/requests.ts';
import { schemes } from './preset-schemes.ts';

type KnownAnswer = {
  readonly from: string;
  readonly scheme: SignatureScheme;
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Epoch seconds; absent where the sender signs no time. */
  readonly at?: number;
};

const message = { 'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek', 'webhook-timestamp': '1614265330' };

const answers: readonly KnownAnswer[] = [
  {
    from: 'standard-webhooks: libraries/javascript/src/webhook.test.ts',
    scheme: schemes.standard_webhooks,
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    headers: { ...message, 'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=' },
    body: '{"test": 2432232314}',
    at: 1_614_265_330,
  },
  {
    from: 'svix-webhooks: server/svix-server/src/worker.rs (Ed25519)',
    scheme: schemes.standard_webhooks,
    secret: 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=',
    headers: {
      ...message,
      'webhook-signature':
        'v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==',
    },
    body: '{"test": 2432232314}',
    at: 1_614_265_330,
  },
  {
    from: 'svix-docs: content/receiving/verifying-payloads/how-manual.mdx',
    scheme: schemes.standard_webhooks,
    secret: 'whsec_plJ3nmyCDGBKInavdOK15jsl',
    headers: {
      'svix-id': 'msg_loFOjxBNrRLzqYUf',
      'svix-timestamp': '1731705121',
      'svix-signature': 'v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=',
    },
    body: '{"event_type":"ping","data":{"success":true}}',
    at: 1_731_705_121,
  },
  {
    from: 'stripe-node: test/Webhook.spec.ts',
    scheme: schemes.stripe,
    secret: 'whsec_test_secret',
    headers: {
      'stripe-signature':
        't=12345,v1=2672d138c9a412830f3bfe2ecc5bfb3277cf6f5b49d0119d77dd6cb64da1257e,v1=potato',
    },
    body: '{\n  "id": "evt_test_webhook",\n  "object": "event"\n}',
    at: 12_345,
  },
  {
    from: 'shopify-app-js: packages/apps/shopify-api/lib/webhooks/__tests__/validate.test.ts',
    scheme: schemes.shopify,
    secret: 'test_secret_key',
    headers: { 'x-shopify-hmac-sha256': 'B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g=' },
    body: '{"foo": "bar"}',
  },
];

describe('a published signature', () => {
  it.each(answers)(
    'is verified, and not for another body: $from',
    async ({ scheme, secret, headers, body, at }) => {
      const now = at === undefined ? noon : at * 1000;
      const verdictOf = (text: string) =>
        verifySignature({
          scheme,
          secrets: { current: secret, previous: null },
          request: received({ headers, body: text }),
          now,
          keys: createKeyCache(),
        });
      expect(await verdictOf(body)).toEqual({ ok: true, verifiedWith: 'current' });
      expect(await verdictOf(`${body} `)).toMatchObject({ ok: false, reason: 'mismatch' });
    },
  );
});
