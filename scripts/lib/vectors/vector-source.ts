// The source that a vector is for: the sender's preset, or one made of the vector's own fields where there is none.
// What a preset takes from configuration (secret, public URL, pin, credentials) comes from the vector.

import type { SourcePreset, SourceRuntime } from '../../../src/core/source.ts';
import { adobeIoEvents } from '../../../src/core/sources/adobe-io-events.ts';
import { adyen } from '../../../src/core/sources/adyen.ts';
import { adyenPlatform } from '../../../src/core/sources/adyen-platform.ts';
import { auth0 } from '../../../src/core/sources/auth0.ts';
import { bigcommerce } from '../../../src/core/sources/bigcommerce.ts';
import { bitbucket } from '../../../src/core/sources/bitbucket.ts';
import { businessCentral } from '../../../src/core/sources/business-central.ts';
import { definePreset } from '../../../src/core/sources/define-preset.ts';
import { discord } from '../../../src/core/sources/discord.ts';
import { docusign } from '../../../src/core/sources/docusign.ts';
import { easypost, easypostV2 } from '../../../src/core/sources/easypost.ts';
import { ebay } from '../../../src/core/sources/ebay.ts';
import { frappe } from '../../../src/core/sources/frappe.ts';
import { github } from '../../../src/core/sources/github.ts';
import { gitlab } from '../../../src/core/sources/gitlab.ts';
import { gocardless } from '../../../src/core/sources/gocardless.ts';
import { hubspot } from '../../../src/core/sources/hubspot.ts';
import { lemonSqueezy } from '../../../src/core/sources/lemon-squeezy.ts';
import { linear } from '../../../src/core/sources/linear.ts';
import { mailgun } from '../../../src/core/sources/mailgun.ts';
import { meta } from '../../../src/core/sources/meta.ts';
import { microsoftGraph } from '../../../src/core/sources/microsoft-graph.ts';
import { mollie } from '../../../src/core/sources/mollie.ts';
import { okta } from '../../../src/core/sources/okta.ts';
import { paddle } from '../../../src/core/sources/paddle.ts';
import { paypal } from '../../../src/core/sources/paypal.ts';
import { plaid } from '../../../src/core/sources/plaid.ts';
import { quickbooks } from '../../../src/core/sources/quickbooks.ts';
import { sendgrid } from '../../../src/core/sources/sendgrid.ts';
import { shippo, shippoByToken } from '../../../src/core/sources/shippo.ts';
import { shipstation } from '../../../src/core/sources/shipstation.ts';
import { shopify } from '../../../src/core/sources/shopify.ts';
import { slack } from '../../../src/core/sources/slack.ts';
import { sns } from '../../../src/core/sources/sns.ts';
import { square } from '../../../src/core/sources/square.ts';
import { standardWebhooks } from '../../../src/core/sources/standard-webhooks.ts';
import { stripe } from '../../../src/core/sources/stripe.ts';
import { twilio } from '../../../src/core/sources/twilio.ts';
import { typeform } from '../../../src/core/sources/typeform.ts';
import { woocommerce } from '../../../src/core/sources/woocommerce.ts';
import { xero } from '../../../src/core/sources/xero.ts';
import { zendesk } from '../../../src/core/sources/zendesk.ts';
import { zoom } from '../../../src/core/sources/zoom.ts';
import { genericScheme } from './generic-scheme.ts';
import { headersOf, plainName, type Vector } from './vector.ts';

type PresetOf = (vector: Vector) => SourcePreset;

const always =
  (preset: SourcePreset): PresetOf =>
  () =>
    preset;

function hubspotOf({ scheme }: Vector): SourcePreset {
  const version = /v[123]/.exec(scheme ?? '')?.[0];
  return hubspot({ signature: version === 'v1' || version === 'v2' ? version : 'v3' });
}

/** A vector that tells how a secret is to be normalised asks about just that; the preset knows one answer. */
function easypostOf(vector: Vector): SourcePreset {
  if (headersOf(vector)['x-hmac-signature-v2'] !== undefined) return easypostV2;
  const { secret_normalize = 'NFKD' } = vector;
  return secret_normalize === 'NFKD' ? easypost : genericPreset(vector);
}

const presets: Readonly<Record<string, PresetOf>> = {
  standardwebhooks: always(standardWebhooks()),
  svix: always(standardWebhooks()),
  stripe: always(stripe),
  github: always(github),
  shopify: always(shopify),
  woocommerce: always(woocommerce),
  // `secret` alone is what the vendor's library is fed with, which is not the key's text.
  bigcommerce: (vector) => (vector.client_secret === undefined ? genericPreset(vector) : bigcommerce),
  adobeio: always(adobeIoEvents()),
  sns: always(sns()),
  ebay: always(ebay()),
  square: always(square),
  paypal: always(paypal),
  adyen: (vector) => (headersOf(vector).hmacsignature === undefined ? adyen : adyenPlatform),
  mollie: always(mollie),
  paddle: always(paddle),
  lemonsqueezy: always(lemonSqueezy),
  gocardless: always(gocardless),
  plaid: always(plaid()),
  xero: always(xero),
  quickbooks: always(quickbooks),
  slack: always(slack),
  twilio: always(twilio),
  sendgrid: always(sendgrid),
  mailgun: always(mailgun),
  hubspot: hubspotOf,
  zendesk: always(zendesk),
  typeform: always(typeform),
  docusign: always(docusign),
  shipstation: always(shipstation),
  shippo: ({ url }) => (url?.includes('token=') === true ? shippoByToken : shippo),
  easypost: easypostOf,
  linear: always(linear),
  discord: always(discord),
  gitlab: always(gitlab),
  bitbucket: always(bitbucket),
  okta: ({ signature_header: header }) => okta(header === undefined ? {} : { header }),
  auth0: always(auth0),
  graph: always(microsoftGraph()),
  frappe: always(frappe()),
  businesscentral: always(businessCentral),
  meta: always(meta),
  zoom: always(zoom),
};

/** Other names of the same senders; the longest that a name contains is the one that is meant. */
const aliases: readonly (readonly [string, string])[] = [
  ['adobeioevents', 'adobeio'],
  ['awssns', 'sns'],
  ['amazonsns', 'sns'],
  ['intuit', 'quickbooks'],
  ['microsoftgraph', 'graph'],
  ['shipengine', 'shipstation'],
  ['twiliosendgrid', 'sendgrid'],
  ['sendgrid', 'sendgrid'],
  ['facebook', 'meta'],
  ['instagram', 'meta'],
  ['whatsapp', 'meta'],
  ['jira', 'bitbucket'],
];

function presetKey(vector: Vector): string | null {
  const name = plainName(vector.provider);
  if (Object.hasOwn(presets, name)) return name;
  // Adobe Commerce's synchronous webhooks are signed otherwise than its events.
  if (name.startsWith('adobecommerce')) return null;
  const alias = aliases.find(([part]) => name.includes(part))?.[1];
  const contained = Object.keys(presets).find((key) => name.startsWith(key));
  return alias ?? (contained !== undefined && isOf(contained, vector) ? contained : null);
}

/** A name that only begins like a sender's is that sender's where its header is there too. */
function isOf(key: string, vector: Vector): boolean {
  const headers = presets[key]?.(vector).scheme.headers ?? [];
  const shown = headersOf(vector);
  return headers.length === 0 || headers.some((header) => shown[header] !== undefined);
}

function genericPreset(vector: Vector): SourcePreset {
  const scheme = genericScheme(vector);
  return definePreset({
    name: 'generic',
    scheme,
    id: { digest: [(from) => from.payload] },
    type: { fixed: 'test' },
    signsGet: true,
  });
}

/** What is added to a URL for a handshake, or by Twilio: no part of what the sender was given. */
const addedParameters = /([?&])(?:challenge_code|challenge|validationToken|hub\.[a-z_]+|bodySHA256)=[^&]*/g;

export function publicUrlOf({ url }: Vector): string | null {
  if (url === undefined) return null;
  const bare = url.replace(addedParameters, '$1').replace(/&&+/g, '&').replace('?&', '?');
  return bare.replace(/[?&]+$/, '');
}

/** What ties a request to one receiver: the vector's own, for it was signed for whoever it names. */
function pinOf(key: string | null, vector: Vector): string | null {
  try {
    const body = JSON.parse(vector.body ?? '') as Record<string, unknown>;
    if (key === 'sns') return String(body.TopicArn);
    if (key === 'adobeio') return String(body.recipient_client_id ?? body.recipientclientid);
  } catch {
    // Not JSON: whatever the pin is, the request is refused.
  }
  return key === 'paypal' ? (vector.webhook_id ?? null) : null;
}

/** The token in the URL of senders that sign alike for everybody; a vector has none, so the bench gives it one. */
export const urlToken = 'a-token-in-the-url';

/** Of several keys the one that the token names. */
function jwkOfToken(vector: Vector) {
  const token = Object.values(headersOf(vector)).find((value) => /[\w-]+\.[\w-]+\.[\w-]*$/.test(value));
  const [head = ''] = token?.replace(/^bearer +/i, '').split('.') ?? [];
  const keyId = /"kid":"([^"]*)"/.exec(Buffer.from(head, 'base64url').toString())?.[1];
  return vector.jwks?.keys.find(({ kid }) => kid === keyId);
}

function secretsOf(key: string | null, vector: Vector): readonly string[] {
  const pin = pinOf(key, vector);
  if (pin !== null) return [pin];
  if (key === 'plaid' || key === 'shipstation') return [urlToken];
  if (key === 'bigcommerce' && vector.client_secret !== undefined) return [vector.client_secret];
  const encoded = vector.secret_hex ?? vector.secret_base64 ?? vector.secret_base64url;
  const jwk = vector.publicKeyJwk ?? jwkOfToken(vector) ?? vector.jwks?.keys[0];
  const publicKey = vector.publicKey ?? vector.certificate ?? (jwk === undefined ? '' : JSON.stringify(jwk));
  const pairKey = publicKey === '' ? undefined : publicKey;
  // A key pair beside a secret: the scheme's name says which of them proves.
  const byKey = key === null && /rsa|ecdsa|ed25519|jwt/.test(vector.scheme ?? '') ? pairKey : undefined;
  const own = byKey ?? encoded ?? vector.secret ?? pairKey;
  const { secret_normalize: form = 'NFKD' } = vector;
  const all = [...new Set([...(vector.secrets ?? []), ...(own === undefined ? [] : [own])])];
  return form === 'NFKD' ? all : all.map((secret) => secret.normalize(form));
}

export type VectorSource = {
  readonly preset: SourcePreset;
  readonly isGeneric: boolean;
  /** One for each pair of secrets: a source has a current and a previous one, and a vector may name more. */
  readonly sources: readonly SourceRuntime[];
  /** What the bench adds to the URL, or an empty text. */
  readonly query: string;
};

export function toVectorSource(vector: Vector): VectorSource {
  const key = presetKey(vector);
  const preset = (key === null ? genericPreset : (presets[key] ?? genericPreset))(vector);
  const secrets = secretsOf(key, vector);
  const runtime = (current: string, previous: string | null): SourceRuntime => ({
    id: 'vector',
    preset,
    secrets: { current, previous },
    credentials: {
      client_id: 'id',
      client_secret: 'secret',
      secret: 'secret',
      verify_token: secrets[0] ?? '',
    },
    publicUrl: publicUrlOf(vector),
    toleranceSeconds: vector.tolerance ?? null,
  });
  const pairs = secrets.map((secret, index) => runtime(secret, secrets[index + 1] ?? null));
  return {
    preset,
    isGeneric: key === null,
    sources: pairs.length === 0 ? [runtime('', null)] : pairs,
    query: key === 'plaid' || key === 'shipstation' ? `token=${urlToken}` : '',
  };
}
