// Senders that sign nothing and show a secret instead: in a header, as Bearer or Basic credentials, or in the query of
// the URL they were given. Compared in constant time. It proves who sent a request, not what was sent.
// No I/O, no clock, and it never throws.

import { limits } from '../limits.ts';
import { err, ok, type Result } from '../result.ts';
import { equalBytes, equalTexts } from './constant-time.ts';
import { decodeBase64 } from './decode-bytes.ts';
import { matchSecrets } from './match-signature.ts';
import type { SignatureCheck, SignatureScheme } from './scheme.ts';
import { secretFormProblem } from './secret-bytes.ts';
import type { SignatureFailureReason } from './signature-failure.ts';

const encoder = new TextEncoder();

/** Says whether a text that was shown is the secret. */
type Comparison = (shown: string, secret: string) => Promise<boolean>;

type TokenPlace = {
  readonly name: string;
  readonly header: string | null;
  read(check: SignatureCheck): Result<string, SignatureFailureReason>;
  readonly isSecret: Comparison;
};

function tokenScheme({ name, header, read, isSecret }: TokenPlace): SignatureScheme {
  return {
    name,
    headers: header === null ? [] : [header],
    needsUrl: false,
    secretProblem: (secret) => secretFormProblem(secret, 'text'),
    verify: async (check) => {
      const shown = read(check);
      if (!shown.ok) return { ok: false, reason: shown.error, header };
      return matchSecrets(check, header, async (secret) => {
        if (secret.trim() === '') return 'secret_unusable';
        return (await isSecret(shown.value, secret)) ? 'match' : 'mismatch';
      });
    },
  };
}

function bounded(value: string | undefined | null): Result<string, SignatureFailureReason> {
  if (value === undefined || value === null || value.trim() === '') return err('missing_signature');
  return value.length > limits.maxSignatureHeaderCharacters ? err('signature_too_long') : ok(value);
}

function readHeader(header: string): TokenPlace['read'] {
  return ({ request }) =>
    request.repeatedHeaders.includes(header) ? err('repeated_header') : bounded(request.headers[header]);
}

/** What stands behind the name of an authentication scheme, whose case does not matter; null where another one came. */
function afterScheme(value: string, scheme: string): string | null {
  const match = /^([A-Za-z]+) +(.*)$/.exec(value);
  return match?.[1]?.toLowerCase() === scheme ? (match[2] ?? '').trim() : null;
}

const isBearer: Comparison = async (shown, secret) => {
  const token = afterScheme(shown, 'bearer');
  return token !== null && equalTexts(token, secret);
};

/** The secret is `user:password`. */
const isBasic: Comparison = async (shown, secret) => {
  const credentials = decodeBase64(afterScheme(shown, 'basic') ?? '');
  return credentials !== null && equalBytes(credentials, new Uint8Array(encoder.encode(secret)));
};

/** The whole header is the secret (Okta, GitLab). `header` in any case. */
export function headerTokenScheme(options: {
  readonly name: string;
  readonly header: string;
}): SignatureScheme {
  const header = options.header.toLowerCase();
  return tokenScheme({ name: options.name, header, read: readHeader(header), isSecret: equalTexts });
}

/** `Authorization: Bearer {secret}`. */
export function bearerScheme(options: { readonly name: string }): SignatureScheme {
  const header = 'authorization';
  return tokenScheme({ ...options, header, read: readHeader(header), isSecret: isBearer });
}

/** `Authorization: Basic …`; the secret is `user:password`. */
export function basicScheme(options: { readonly name: string }): SignatureScheme {
  const header = 'authorization';
  return tokenScheme({ ...options, header, read: readHeader(header), isSecret: isBasic });
}

/**
 * A sender whose user writes the whole header (Auth0): the secret is what was written, or the token or the
 * `user:password` in it. Each is the secret and nothing else, so none is weaker than the others.
 */
export function authorizationScheme(options: { readonly name: string }): SignatureScheme {
  const header = 'authorization';
  const isSecret: Comparison = async (shown, secret) => {
    const answers = await Promise.all([
      equalTexts(shown, secret),
      isBearer(shown, secret),
      isBasic(shown, secret),
    ]);
    return answers.includes(true);
  };
  return tokenScheme({ ...options, header, read: readHeader(header), isSecret });
}

/** `?token={secret}` in the URL that the sender was given: for senders that sign nothing, or sign alike for everybody. */
export function urlTokenScheme(options: {
  readonly name: string;
  readonly parameter?: string;
}): SignatureScheme {
  const { name, parameter = 'token' } = options;
  const read: TokenPlace['read'] = ({ request }) => {
    const query = request.url.indexOf('?');
    const values = new URLSearchParams(query === -1 ? '' : request.url.slice(query + 1)).getAll(parameter);
    return values.length > 1 ? err('repeated_header') : bounded(values[0]);
  };
  return tokenScheme({ name, header: null, read, isSecret: equalTexts });
}
