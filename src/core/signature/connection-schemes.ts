// Proofs that lie in the connection and not in the request: the caller's address, and a client certificate (mTLS).
// Both are what the platform says of the peer, never a header that a caller could write. It never throws.

import { equalTexts } from './constant-time.ts';
import { isInRanges, parseRanges } from './ip-ranges.ts';
import { matchSecrets } from './match-signature.ts';
import type { SignatureScheme } from './scheme.ts';

/**
 * The caller's address must be on a list. The secret is that list: `203.0.113.0/24 2001:db8::/32`, by spaces or commas.
 * An address is a weak proof, shared by all customers of a sender: combine it with another by `allOf`.
 */
export function ipAllowListScheme(options: { readonly name: string }): SignatureScheme {
  return {
    name: options.name,
    headers: [],
    needsUrl: false,
    secretProblem: (secret) =>
      parseRanges(secret) === null ? 'it must be IP addresses or ranges such as 203.0.113.0/24' : null,
    verify: async (check) => {
      const address = check.request.peer?.address ?? null;
      if (address === null) return { ok: false, reason: 'address_not_allowed', header: null };
      return matchSecrets(check, null, async (secret) => {
        const ranges = parseRanges(secret);
        if (ranges === null) return 'secret_unusable';
        return isInRanges(address, ranges) ? 'match' : 'address_not_allowed';
      });
    },
  };
}

const fingerprint = /^[0-9a-f]{64}$/;

/** SHA-256 of a certificate as tools print it: colons and case do not matter. */
function toFingerprint(text: string): string {
  return text.trim().replaceAll(':', '').toLowerCase();
}

/** The client certificate must be verified by the edge and have this SHA-256 fingerprint, which is the secret. */
export function clientCertificateScheme(options: { readonly name: string }): SignatureScheme {
  return {
    name: options.name,
    headers: [],
    needsUrl: false,
    secretProblem: (secret) =>
      fingerprint.test(toFingerprint(secret)) ? null : 'it must be the SHA-256 fingerprint of a certificate',
    verify: async (check) => {
      const certificate = check.request.peer?.certificate ?? null;
      if (certificate?.verified !== true) return { ok: false, reason: 'certificate_missing', header: null };
      return matchSecrets(check, null, async (secret) => {
        const expected = toFingerprint(secret);
        if (!fingerprint.test(expected)) return 'secret_unusable';
        const shown = toFingerprint(certificate.fingerprintSha256);
        return (await equalTexts(shown, expected)) ? 'match' : 'mismatch';
      });
    },
  };
}
