// The table of the signature schemes that senders publish. A further HMAC sender is a further row.
// Data only. Sources: docs/sources.md names the vendor documents each row follows.

import type { HmacScheme, SignatureScheme } from './scheme.ts';

/**
 * Seconds a signed timestamp may lie in the past or in the future, by the receiver's clock at arrival.
 * 300 is what the senders' own libraries allow. Stripe's check the past only; a future time is bounded here as well,
 * because a request signed for next week would stay good until then.
 */
const toleranceSeconds = 300;

function shopify(header: string): HmacScheme {
  return {
    kind: 'hmac',
    name: header,
    hash: 'SHA-256',
    encoding: 'base64',
    secretForm: 'text',
    place: { kind: 'header', name: header },
    signed: [{ kind: 'raw' }],
    timestamp: null,
    requiredHeaders: [],
  };
}

/** `family`: `webhook`, or `svix` as Svix itself names the same three headers. */
function standardWebhooks(family: string): HmacScheme {
  return {
    kind: 'hmac',
    name: `${family}-signature`,
    hash: 'SHA-256',
    encoding: 'base64',
    secretForm: 'whsec_base64',
    place: { kind: 'versioned_list', name: `${family}-signature`, version: 'v1', publicKeyVersion: 'v1a' },
    signed: [
      { kind: 'header', name: `${family}-id` },
      { kind: 'text', text: '.' },
      { kind: 'timestamp' },
      { kind: 'text', text: '.' },
      { kind: 'raw' },
    ],
    timestamp: {
      header: `${family}-timestamp`,
      unit: 's',
      pastToleranceSeconds: toleranceSeconds,
      futureToleranceSeconds: toleranceSeconds,
    },
    requiredHeaders: [`${family}-id`],
  };
}

export const schemes = {
  /** Both header families may come together; then the newer one, without `x-`, is the one that counts. */
  shopify: {
    kind: 'first_present',
    name: 'shopify',
    schemes: [shopify('shopify-hmac-sha256'), shopify('x-shopify-hmac-sha256')],
  },
  /** The whole secret is the key, `whsec_` included; `v0` and other keys of the list are ignored. */
  stripe: {
    kind: 'hmac',
    name: 'stripe',
    hash: 'SHA-256',
    encoding: 'hex',
    secretForm: 'text',
    place: {
      kind: 'key_values',
      name: 'stripe-signature',
      separator: ',',
      timestampKey: 't',
      signatureKey: 'v1',
    },
    signed: [{ kind: 'timestamp' }, { kind: 'text', text: '.' }, { kind: 'raw' }],
    timestamp: {
      header: null,
      unit: 's',
      pastToleranceSeconds: toleranceSeconds,
      futureToleranceSeconds: toleranceSeconds,
    },
    requiredHeaders: [],
  },
  woocommerce: {
    kind: 'hmac',
    name: 'woocommerce',
    hash: 'SHA-256',
    encoding: 'base64',
    secretForm: 'html_decoded_text',
    place: { kind: 'header', name: 'x-wc-webhook-signature' },
    signed: [{ kind: 'raw' }],
    timestamp: null,
    requiredHeaders: [],
  },
  standard_webhooks: {
    kind: 'first_present',
    name: 'standard_webhooks',
    schemes: [standardWebhooks('webhook'), standardWebhooks('svix')],
  },
} as const satisfies Record<string, SignatureScheme>;
