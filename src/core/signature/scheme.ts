// The shape of a signature scheme: data where data can say it, so that a further sender is a row in a table.
// May import nothing; verify-signature.ts and what it calls are the only readers.

export type HmacHash = 'SHA-1' | 'SHA-256' | 'SHA-512';
export type SignatureEncoding = 'hex' | 'base64' | 'base64url';

/** How the bytes of the key are made from the configured secret. */
export type SecretForm =
  /** The UTF-8 bytes of the secret. */
  | 'text'
  /** `whsec_` (optional) + base64, padding may be missing; `whpk_` + base64 is an Ed25519 public key (Standard Webhooks). */
  | 'whsec_base64'
  | 'hex'
  /** Text after HTML entities are decoded (WooCommerce: wp_specialchars_decode). */
  | 'html_decoded_text';

/** A piece of the signed content, in order. `raw` is the exact received body; a URL is configuration, so a `text`. */
export type SignedPart =
  | { readonly kind: 'raw' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'method' }
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
    };

export type TimestampUnit = 's' | 'ms' | 'iso';

export type TimestampRule = {
  /** Header that holds it, or null where it stands in the signature header. */
  readonly header: string | null;
  readonly unit: TimestampUnit;
  /** Seconds. A request older is refused: it may be a replay. */
  readonly pastToleranceSeconds: number;
  /** Seconds; null: a future time is not checked. */
  readonly futureToleranceSeconds: number | null;
};

export type HmacScheme = {
  readonly kind: 'hmac';
  readonly name: string;
  readonly hash: HmacHash;
  readonly encoding: SignatureEncoding;
  readonly secretForm: SecretForm;
  readonly place: SignaturePlace;
  readonly signed: readonly SignedPart[];
  readonly timestamp: TimestampRule | null;
  /** Headers that must be there once, besides the signature's and the timestamp's. */
  readonly requiredHeaders: readonly string[];
};

/** One sender, several header families: the first scheme whose signature header is there is the one that must hold. */
export type FirstPresentScheme = {
  readonly kind: 'first_present';
  readonly name: string;
  readonly schemes: readonly [HmacScheme, ...HmacScheme[]];
};

export type SignatureScheme = HmacScheme | FirstPresentScheme;
