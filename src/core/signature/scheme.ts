// The shape of a signature scheme: data where data can say it, so that a further sender is a row in a table.
// A scheme brings its own verification along, so that a bundle holds only the kinds its sources use.
// Types only; nothing here decides.

import type { ReceivedRequest, SourceSecrets } from '../source.ts';
import type { KeyCache } from './key-cache.ts';
import type { RemoteKeys } from './remote-keys.ts';
import type { SignatureFailure } from './signature-failure.ts';

export type HmacHash = 'SHA-1' | 'SHA-256' | 'SHA-512';
/** `der_base64`: an ECDSA signature as ASN.1, the form all but JWTs use. */
export type SignatureEncoding = 'hex' | 'base64' | 'base64url' | 'der_base64';
export type KeyAlgorithm = 'hmac' | 'rsa' | 'ecdsa' | 'ed25519';

/** How the bytes of the key are made from the configured secret. */
export type SecretForm =
  /** The UTF-8 bytes of the secret. */
  | 'text'
  /** The same after Unicode normalisation (EasyPost). */
  | 'nfkd_text'
  /** `whsec_` (optional) + base64, padding may be missing; `whpk_` + base64 is an Ed25519 public key (Standard Webhooks). */
  | 'whsec_base64'
  | 'hex'
  | 'base64'
  | 'base64url'
  /** Text after HTML entities are decoded (WooCommerce: wp_specialchars_decode). */
  | 'html_decoded_text'
  /** A public key: PEM (also in one line), certificate, bare base64, JWK; for Ed25519 also the 32 bytes in hex or base64. */
  | 'public_key';

/** A piece of the signed content, in order. `raw` is the exact received body. */
export type SignedPart =
  | { readonly kind: 'raw' }
  /** The body's base64 as text (Adobe Commerce). */
  | { readonly kind: 'raw_base64' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'method' }
  /** The public URL as configured for the source, never the one of the request. */
  | { readonly kind: 'url' }
  /** Its path and query alone. */
  | { readonly kind: 'url_path' }
  /** The timestamp's characters as received. */
  | { readonly kind: 'timestamp' };

/** Where the signature(s) stand. Header names are in lower case. */
export type SignaturePlace =
  /** The whole header value, after an optional or compulsory prefix. */
  | {
      readonly kind: 'header';
      readonly name: string;
      readonly prefix?: string;
      readonly prefixOptional?: boolean;
      /** The header may come several times, or joined by commas; any value may match (Mollie). */
      readonly repeatable?: boolean;
    }
  /** `t=…,v1=…,v1=…`: every value of `signatureKey` counts, any match wins (Stripe). */
  | {
      readonly kind: 'key_values';
      readonly name: string;
      readonly separator: string;
      readonly timestampKey: string;
      readonly signatureKey: string;
    }
  /**
   * Space-separated `v1,<sig>` entries, unknown versions skipped (Standard Webhooks).
   * `publicKeyVersion` marks Ed25519 signatures: they count where the secret is a public key, the others where it is not.
   */
  | {
      readonly kind: 'versioned_list';
      readonly name: string;
      readonly version: string;
      readonly publicKeyVersion: string | null;
    }
  /** `{name}1`, `{name}2` …: one header for each active key, any match wins (DocuSign). */
  | { readonly kind: 'numbered'; readonly name: string };

export type TimestampUnit = 's' | 'ms' | 'iso' | 'rfc2822';

export type TimestampRule = {
  /** Header that holds it, or null where it stands in the signature header. */
  readonly header: string | null;
  readonly unit: TimestampUnit;
  /** Seconds. A request older is refused: it may be a replay. Null: the age is not checked, the form is. */
  readonly pastToleranceSeconds: number | null;
  /** Seconds; null: a future time is not checked. */
  readonly futureToleranceSeconds: number | null;
};

/** Signed content whose signature stands in a header: what most senders do, and all of it is data. */
export type SignedRow = {
  readonly name: string;
  readonly algorithm: KeyAlgorithm;
  readonly hash: HmacHash;
  readonly encoding: SignatureEncoding;
  readonly secretForm: SecretForm;
  readonly place: SignaturePlace;
  readonly signed: readonly SignedPart[];
  readonly timestamp: TimestampRule | null;
  /** Headers that must be there once, besides the signature's and the timestamp's. */
  readonly requiredHeaders: readonly string[];
};

export type SignedRequest = Pick<
  ReceivedRequest,
  'method' | 'url' | 'headers' | 'repeatedHeaders' | 'body' | 'peer'
>;

export type SignatureVerdict =
  | { readonly ok: true; readonly verifiedWith: 'current' | 'previous' }
  | ({ readonly ok: false } & SignatureFailure);

export type SignatureCheck = {
  readonly secrets: SourceSecrets;
  readonly request: SignedRequest;
  /** When the request arrived, epoch ms: tolerance is measured at the edge, never after a queue. */
  readonly now: number;
  readonly keys: KeyCache;
  readonly remoteKeys: RemoteKeys;
  /** What a sender's key API asks for, by name. */
  readonly credentials: Readonly<Record<string, string>>;
  /** The source's public URL as its sender knows it; null where none is configured. */
  readonly publicUrl: string | null;
  /** Seconds in place of the scheme's tolerances; null: the scheme's count. */
  readonly toleranceSeconds: number | null;
};

export type SignatureScheme = {
  readonly name: string;
  /** The headers its signature stands in: one of them present marks the scheme as used. Empty: it stands elsewhere. */
  readonly headers: readonly string[];
  /** Whether the source's public URL is a part of what is signed. */
  readonly needsUrl: boolean;
  /** What is wrong with a configured secret, or null. Never tells the secret. */
  secretProblem(secret: string): string | null;
  /** Never rejects: whatever arrives, the answer is a value. */
  verify(check: SignatureCheck): Promise<SignatureVerdict>;
};
