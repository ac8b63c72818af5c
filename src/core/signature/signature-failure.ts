// Why a signature was not accepted: precise for the log, never for the wire (everyone outside gets one message).
// Pure types.

export type SignatureFailureReason =
  /** The header is absent or empty. */
  | 'missing_signature'
  /** Nothing in the header has the form of a signature of this scheme. */
  | 'malformed_signature'
  | 'signature_too_long'
  | 'too_many_signatures'
  /** A header the scheme reads came more than once, or was joined from several. */
  | 'repeated_header'
  | 'missing_header'
  | 'timestamp_missing'
  | 'timestamp_malformed'
  | 'timestamp_too_old'
  | 'timestamp_too_new'
  /** A configured secret is empty or cannot be decoded, and no other one matched: look at the configuration. */
  | 'secret_unusable'
  | 'mismatch';

/** `header`: the one that was looked at; null where it is none's fault. */
export type SignatureFailure = { readonly reason: SignatureFailureReason; readonly header: string | null };
