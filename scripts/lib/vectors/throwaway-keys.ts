// Keys that nobody uses, for a sender that signs what a bench or a test wants signed: what it signs with, and what a
// source is configured with. Made once a process; of senders with a shared secret both are the same text.

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Sender } from '../senders.ts';

export type ThrowawayKeys = {
  readonly signWith: string;
  readonly configured: string;
  /** Of key pairs: the public key as PEM. */
  readonly publicKey: string | null;
};

type Pair = { readonly privateKey: KeyObject; readonly publicKey: KeyObject };

const made = new Map<string, Pair>();

function pairOf(kind: 'rsa' | 'ec' | 'ed25519'): Pair {
  const known = made.get(kind);
  if (known !== undefined) return known;
  const pair = makePair(kind);
  made.set(kind, pair);
  return pair;
}

function makePair(kind: 'rsa' | 'ec' | 'ed25519'): Pair {
  if (kind === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  return kind === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
}

const kinds: Readonly<Partial<Record<Sender, 'rsa' | 'ec' | 'ed25519'>>> = {
  sns: 'rsa',
  paypal: 'rsa',
  'adobe-io-events': 'rsa',
  shipstation: 'rsa',
  ebay: 'ec',
  plaid: 'ec',
  sendgrid: 'ec',
  discord: 'ed25519',
};

/** What a source of these senders is configured with: a pin, or the token in its URL. */
const pins: Readonly<Partial<Record<Sender, string>>> = {
  sns: 'arn:aws:sns:eu-west-1:123456789012:orders',
  paypal: '4JH86294D6297924G',
  'adobe-io-events': 'a_client_id',
  shipstation: 'a-token-in-the-url',
  plaid: 'a-token-in-the-url',
  ebay: 'a-verification-token-of-some-length',
};

const shared: Readonly<Partial<Record<Sender, string>>> = {
  'standard-webhooks': 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  adyen: '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056',
  'adyen-platform': '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056',
};

export function throwawayKeys(sender: Sender): ThrowawayKeys {
  const kind = kinds[sender];
  if (kind === undefined) {
    const secret = shared[sender] ?? 'a-secret-that-nobody-uses';
    return { signWith: secret, configured: secret, publicKey: null };
  }
  const { privateKey, publicKey } = pairOf(kind);
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return {
    signWith: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    configured: pins[sender] ?? pem,
    publicKey: pem,
  };
}
