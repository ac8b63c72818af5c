// Why a signature was not accepted: precise for the log, never for the wire (everyone outside gets one message).
// Pure types.

export type SignatureFailureReason =
  /** The header, field or token is absent or empty. */
  | 'missing_signature'
  /** Nothing in its place has the form of a signature of this scheme. */
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
  /** The source has no public URL or lacks a credential, and the scheme needs it: look at the configuration. */
  | 'source_incomplete'
  | 'mismatch'
  /** The body has not the form in which its signature could stand. */
  | 'malformed_body'
  /** An algorithm that the scheme does not allow: a downgrade, or another sender. */
  | 'algorithm_not_allowed'
  /** The address of the key is none of the sender's. Nothing was fetched. */
  | 'key_not_allowed'
  /** The sender has no such key. */
  | 'key_unknown'
  /** The key could not be fetched: the sender should come again. */
  | 'key_unavailable'
  /** What was fetched is no key, or a certificate of somebody else, or one out of its time. */
  | 'key_unusable'
  /** Genuine, but for another account: another topic, client, application or audience than the configured one. */
  | 'not_ours'
  /** A token past its time, or before it. */
  | 'token_expired'
  /** A claim that must be there is missing or says something else. */
  | 'claim_mismatch'
  /** The address of the caller is not on the list. */
  | 'address_not_allowed'
  /** No client certificate, or none that was verified. */
  | 'certificate_missing';

/** `header`: the one that was looked at; null where it is none's fault. */
export type SignatureFailure = { readonly reason: SignatureFailureReason; readonly header: string | null };
