// Every sender as a test case: its preset, what a source of it is configured with, a genuine request of it, and what of a
// request can be attacked. Signed with node:crypto, independently of what verifies.

import { samples, topicsOf } from '../../scripts/lib/payloads-samples.ts';
import { type Sender, type SignedRequest, senders, signedRequest } from '../../scripts/lib/senders.ts';
import { type ThrowawayKeys, throwawayKeys } from '../../scripts/lib/vectors/throwaway-keys.ts';
import { createVectorKeys } from '../../scripts/lib/vectors/vector-keys.ts';
import type { RemoteKeys } from '../../src/core/signature/remote-keys.ts';
import type { ReceivedRequest, SourceRuntime } from '../../src/core/source.ts';
import { makeCertificate } from './make-certificate.ts';
import { noon, received } from './requests.ts';
import { presetOf } from './sender-presets.ts';

/** What of a request is signed: all of the body, a part of it, or nothing (a token is shown). */
export type Signs = 'body' | 'part' | 'nothing';

export type SenderCase = {
  readonly sender: Sender;
  readonly signs: Signs;
  /** Headers that hold a signature or token; none where it is in the body or the URL. */
  readonly signatureHeaders: readonly string[];
  /** The header of a signed time, where there is one of its own. */
  readonly timestampHeader: string | null;
  /** Whether a time that is a day off is refused. */
  readonly checksAge: boolean;
  /** Whether the secret of the source is what signs: only then a wrong or previous one can be told. */
  readonly secretSigns: boolean;
};

const standardTime = { timestampHeader: 'webhook-timestamp', checksAge: true } as const;

type Trait = Partial<Omit<SenderCase, 'sender'>>;
const token = { signs: 'nothing', checksAge: false } as const satisfies Trait;

const traits: Readonly<Record<Sender, Trait>> = {
  shopify: { signatureHeaders: ['x-shopify-hmac-sha256'] },
  stripe: { signatureHeaders: ['stripe-signature'], checksAge: true },
  woocommerce: { signatureHeaders: ['x-wc-webhook-signature'] },
  'standard-webhooks': { signatureHeaders: ['webhook-signature'], ...standardTime },
  'generic-hmac': {
    signatureHeaders: ['x-warehouse-signature'],
    timestampHeader: 'x-warehouse-timestamp',
    checksAge: true,
  },
  bigcommerce: { signatureHeaders: ['webhook-signature'], ...standardTime },
  square: { signatureHeaders: ['x-square-hmacsha256-signature'] },
  adyen: { signs: 'part' },
  'adyen-platform': { signatureHeaders: ['hmacsignature'] },
  mollie: { signatureHeaders: ['x-mollie-signature'] },
  'mollie-classic': token,
  paddle: { signatureHeaders: ['paddle-signature'], checksAge: true },
  'lemon-squeezy': { signatureHeaders: ['x-signature'] },
  gocardless: { signatureHeaders: ['webhook-signature'] },
  xero: { signatureHeaders: ['x-xero-signature'] },
  quickbooks: { signatureHeaders: ['intuit-signature'] },
  shippo: { signatureHeaders: ['shippo-auth-signature'], checksAge: true },
  'shippo-by-token': token,
  sns: { signs: 'part', checksAge: true, secretSigns: false },
  paypal: {
    signatureHeaders: ['paypal-transmission-sig'],
    timestampHeader: 'paypal-transmission-time',
    secretSigns: false,
  },
  ebay: { signatureHeaders: ['x-ebay-signature'], secretSigns: false },
  'adobe-io-events': {
    signatureHeaders: ['x-adobe-digital-signature-1', 'x-adobe-digital-signature-2'],
    secretSigns: false,
  },
  plaid: { signatureHeaders: ['plaid-verification'], checksAge: true, secretSigns: false },
  shipstation: {
    signatureHeaders: ['x-shipengine-rsa-sha256-signature'],
    timestampHeader: 'x-shipengine-timestamp',
    checksAge: true,
    secretSigns: false,
  },
  sendgrid: {
    signatureHeaders: ['x-twilio-email-event-webhook-signature'],
    timestampHeader: 'x-twilio-email-event-webhook-timestamp',
  },
  discord: { signatureHeaders: ['x-signature-ed25519'], timestampHeader: 'x-signature-timestamp' },
  twilio: { signatureHeaders: ['x-twilio-signature'] },
  mailgun: { signs: 'nothing', checksAge: true },
  hubspot: {
    signatureHeaders: ['x-hubspot-signature-v3'],
    timestampHeader: 'x-hubspot-request-timestamp',
    checksAge: true,
  },
  zendesk: {
    signatureHeaders: ['x-zendesk-webhook-signature'],
    timestampHeader: 'x-zendesk-webhook-signature-timestamp',
  },
  typeform: { signatureHeaders: ['typeform-signature'] },
  docusign: { signatureHeaders: ['x-docusign-signature-1', 'x-docusign-signature-2'] },
  easypost: { signatureHeaders: ['x-hmac-signature'] },
  'easypost-v2': {
    signatureHeaders: ['x-hmac-signature-v2'],
    timestampHeader: 'x-timestamp',
    checksAge: true,
  },
  github: { signatureHeaders: ['x-hub-signature-256'] },
  bitbucket: { signatureHeaders: ['x-hub-signature'] },
  meta: { signatureHeaders: ['x-hub-signature-256'] },
  gitlab: { ...token, signatureHeaders: ['x-gitlab-token'] },
  linear: { signatureHeaders: ['linear-signature'], checksAge: true },
  slack: {
    signatureHeaders: ['x-slack-signature'],
    timestampHeader: 'x-slack-request-timestamp',
    checksAge: true,
  },
  zoom: {
    signatureHeaders: ['x-zm-signature'],
    timestampHeader: 'x-zm-request-timestamp',
    checksAge: true,
  },
  okta: { ...token, signatureHeaders: ['authorization'] },
  auth0: { ...token, signatureHeaders: ['authorization'] },
  'microsoft-graph': token,
  frappe: { signatureHeaders: ['x-frappe-webhook-signature'] },
  'business-central': token,
  odoo: token,
};

export const senderCases: readonly SenderCase[] = senders.map((sender) => ({
  sender,
  signs: 'body',
  signatureHeaders: [],
  timestampHeader: null,
  checksAge: false,
  secretSigns: true,
  ...traits[sender],
}));

/** What every sample is about: it stands in every body. */
export const subject = 'S1001';

export const publicUrl = 'https://relay.example/hooks/shop';
const dayMs = 86_400_000;

export type Sent = {
  /** Epoch ms. */
  readonly now?: number;
  readonly occurredAt?: number;
  readonly id?: string;
  readonly about?: string;
  readonly topic?: string;
  readonly payload?: unknown;
  readonly keys?: ThrowawayKeys;
};

export function signedBy(sender: Sender, sent: Sent = {}): SignedRequest {
  const { now = noon, occurredAt = noon, id = 'evt-S1001-1', about = subject } = sent;
  const topic = sent.topic ?? topicsOf(sender)[0] ?? '';
  const sample = samples[sender][topic];
  const payload = sent.payload ?? sample?.({ id: about, at: occurredAt });
  const { signWith, configured } = sent.keys ?? throwawayKeys(sender);
  return signedRequest(sender, {
    ...{ secret: signWith, topic, payload, now, id, occurredAt },
    ...{ url: publicUrl, account: configured },
  });
}

/** The request as stage 1 would give it. */
export function receivedBy(signed: SignedRequest, receivedAt = noon): ReceivedRequest {
  const request = received({ headers: signed.headers, body: signed.body, receivedAt });
  return signed.query === undefined ? request : { ...request, url: `${request.url}?${signed.query}` };
}

export function sourceOf(sender: Sender, secrets: Partial<SourceRuntime['secrets']> = {}): SourceRuntime {
  const { configured } = throwawayKeys(sender);
  return {
    id: 'shop',
    preset: presetOf(sender),
    secrets: { current: configured, previous: null, ...secrets },
    credentials: { client_id: 'id', client_secret: 'secret', secret: 'secret', verify_token: 'verify' },
    publicUrl,
  };
}

/** The sender's key server, with this public key. */
export function keysOf(sender: Sender, publicKey = throwawayKeys(sender).publicKey): RemoteKeys {
  if (publicKey === null) return createVectorKeys({ name: sender, valid: true });
  const certificate =
    sender === 'paypal'
      ? makeCertificate({
          publicKey,
          commonName: 'messageverificationcerts.paypal.com',
          notBefore: noon - 30 * dayMs,
          notAfter: noon + 30 * dayMs,
        })
      : undefined;
  const base = { name: sender, valid: true, publicKey, key_id: '9936261a-7d7b-4621-a0f1-96ccb428af49' };
  return createVectorKeys(certificate === undefined ? base : { ...base, certificate });
}
