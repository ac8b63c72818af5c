// The table of the schemes that senders publish: signed content with its signature in a header. A further sender is a
// further row; senders that put it elsewhere have a file of their own beside this one.
// Data only, one constant a row, so that a bundle holds the rows it uses. Sources: docs/sources.md and docs/senders.

import type { HmacSchemeOptions } from './hmac-scheme.ts';
import type { SignedRow } from './scheme.ts';

type Row = HmacSchemeOptions;

/**
 * Seconds a signed timestamp may lie in the past or in the future, by the receiver's clock at arrival.
 * 300 is what the senders' own libraries allow. Stripe's check the past only; a future time is bounded here as well,
 * because a request signed for next week would stay good until then.
 */
const toleranceSeconds = 300;

/** Senders that document no tolerance may send one request again for hours under its first time. */
const anyAge = { pastToleranceSeconds: null, futureToleranceSeconds: null } as const;

const standardSigned = (family: string): SignedRow['signed'] => [
  { kind: 'header', name: `${family}-id` },
  { kind: 'text', text: '.' },
  { kind: 'timestamp' },
  { kind: 'text', text: '.' },
  { kind: 'raw' },
];

/**
 * Standard Webhooks. `family`: `webhook`, or `svix` as Svix itself names the same three headers.
 * `secretForm`: BigCommerce signs so with the plain text of its client secret.
 */
export function standardWebhooksRow(
  family: 'webhook' | 'svix',
  secretForm: 'whsec_base64' | 'text' = 'whsec_base64',
): SignedRow {
  return {
    name: `${family}-signature`,
    algorithm: 'hmac',
    hash: 'SHA-256',
    encoding: 'base64',
    secretForm,
    place: { kind: 'versioned_list', name: `${family}-signature`, version: 'v1', publicKeyVersion: 'v1a' },
    signed: standardSigned(family),
    timestamp: {
      header: `${family}-timestamp`,
      unit: 's',
      pastToleranceSeconds: toleranceSeconds,
      futureToleranceSeconds: toleranceSeconds,
    },
    requiredHeaders: [`${family}-id`],
  };
}

/** The whole secret is the key, `whsec_` included; `v0` and other keys of the list are ignored. */
export const stripeRow: Row = {
  name: 'stripe',
  header: 'stripe-signature',
  keyValues: { separator: ',', timestampKey: 't', signatureKey: 'v1' },
  signed: '{timestamp}.{body}',
  timestamp: {},
};

/** Signed as Stripe signs. The secret comes from Shippo on request. */
export const shippoRow: Row = { ...stripeRow, name: 'shippo', header: 'shippo-auth-signature' };

/** `family`: `shopify` of the newer events, `x-shopify` of webhooks. */
export function shopifyRow(family: 'shopify' | 'x-shopify'): Row {
  return { name: `${family}-hmac-sha256`, header: `${family}-hmac-sha256`, encoding: 'base64' };
}

/** The secret is signed with as it is after HTML entities are decoded. */
export const woocommerceRow: Row = {
  name: 'woocommerce',
  header: 'x-wc-webhook-signature',
  encoding: 'base64',
  secretForm: 'html_decoded_text',
};

export const githubRow: Row = { name: 'github', header: 'x-hub-signature-256', prefix: 'sha256=' };

/** GitHub's scheme over the bytes as sent, with their `\uXXXX`. */
export const metaRow: Row = { ...githubRow, name: 'meta' };

/** No `-256` in the header's name, and SHA-256 all the same. */
export const bitbucketRow: Row = { name: 'bitbucket', header: 'x-hub-signature', prefix: 'sha256=' };

export const squareRow: Row = {
  name: 'square',
  header: 'x-square-hmacsha256-signature',
  encoding: 'base64',
  signed: '{url}{body}',
};

/** The key is the hex that Adyen shows, decoded. */
export const adyenPlatformRow: Row = {
  name: 'adyen-platform',
  header: 'hmacsignature',
  encoding: 'base64',
  secretForm: 'hex',
};

/** The prefix may be missing, and a rotation sends the header once for each secret. */
export const mollieRow: Row = {
  name: 'mollie',
  header: 'x-mollie-signature',
  prefix: 'sha256=',
  prefixOptional: true,
  repeatable: true,
};

/**
 * Paddle's libraries allow 5 s, which a lost packet can cost. 30 s here: a replay of a whole request changes nothing,
 * for the event id is a part of what is signed.
 */
export const paddleRow: Row = {
  name: 'paddle',
  header: 'paddle-signature',
  keyValues: { separator: ';', timestampKey: 'ts', signatureKey: 'h1' },
  signed: '{timestamp}:{body}',
  timestamp: { pastToleranceSeconds: 30, futureToleranceSeconds: 30 },
};

export const lemonSqueezyRow: Row = { name: 'lemon-squeezy', header: 'x-signature' };
export const goCardlessRow: Row = { name: 'gocardless', header: 'webhook-signature' };
export const xeroRow: Row = { name: 'xero', header: 'x-xero-signature', encoding: 'base64' };
export const quickBooksRow: Row = { name: 'quickbooks', header: 'intuit-signature', encoding: 'base64' };

export const slackRow: Row = {
  name: 'slack',
  header: 'x-slack-signature',
  prefix: 'v0=',
  signed: 'v0:{timestamp}:{body}',
  timestamp: { header: 'x-slack-request-timestamp' },
};

/** Zoom names no tolerance; every request, sent again or not, is signed for its own time. */
export const zoomRow: Row = {
  ...slackRow,
  name: 'zoom',
  header: 'x-zm-signature',
  timestamp: { header: 'x-zm-request-timestamp' },
};

export const hubspotRow: Row = {
  name: 'hubspot',
  header: 'x-hubspot-signature-v3',
  encoding: 'base64',
  signed: '{method}{url}{body}{timestamp}',
  timestamp: { header: 'x-hubspot-request-timestamp', unit: 'ms' },
};

/** The secret looks like base64 and is not decoded. */
export const zendeskRow: Row = {
  name: 'zendesk',
  header: 'x-zendesk-webhook-signature',
  encoding: 'base64',
  signed: '{timestamp}{body}',
  timestamp: { header: 'x-zendesk-webhook-signature-timestamp', unit: 'iso', ...anyAge },
};

/** base64 behind `sha256=`, where others have hex. */
export const typeformRow: Row = {
  name: 'typeform',
  header: 'typeform-signature',
  prefix: 'sha256=',
  encoding: 'base64',
};

/** Frappe's, of the JSON it posts. */
export const frappeRow: Row = {
  name: 'frappe',
  header: 'x-frappe-webhook-signature',
  encoding: 'base64',
};

/** One header for each active Connect key. */
export const docusignRow: Row = {
  name: 'docusign',
  header: 'x-docusign-signature-',
  numbered: true,
  encoding: 'base64',
};

export const easypostRow: Row = {
  name: 'easypost',
  header: 'x-hmac-signature',
  prefix: 'hmac-sha256-hex=',
  secretForm: 'nfkd_text',
};

/** No vector of the vendor confirms this one: receivers agree on it, its SDKs do not have it yet. */
export const easypostV2Row: Row = {
  name: 'easypost-v2',
  header: 'x-hmac-signature-v2',
  prefix: 'hmac-sha256-hex=',
  secretForm: 'nfkd_text',
  signed: '{timestamp}{method}{path}{body}',
  timestamp: { header: 'x-timestamp', unit: 'rfc2822' },
};

export const linearRow: Row = { name: 'linear', header: 'linear-signature' };
