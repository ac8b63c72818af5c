// A JWT as proof: in a header, checked against a JWKS, a key the sender hands out by id, or the secret itself. The
// algorithm is on a list, never what the token says; issuer, audience, times and a digest of the body are claims.
// Keys come through the RemoteKeys port; the clock is passed in; it never throws.

import { type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import { JOSEError, JWTClaimValidationFailed, JWTExpired } from 'jose/errors';
import type { JsonObject } from '../json.ts';
import { limits } from '../limits.ts';
import { err, ok, type Result } from '../result.ts';
import { equalTexts } from './constant-time.ts';
import { encodeHex } from './decode-bytes.ts';
import { keyIdPattern, readJwk } from './jwks.ts';
import { importJwtKey, type JwtAlgorithm, type JwtKey } from './jwt-key.ts';
import { matchSecrets } from './match-signature.ts';
import type { KeyDocument } from './remote-keys.ts';
import type { SignatureCheck, SignatureScheme, SignatureVerdict } from './scheme.ts';
import { secretFormProblem } from './secret-bytes.ts';
import type { SignatureFailureReason } from './signature-failure.ts';

export type FindJwk = (
  keyId: string,
  check: SignatureCheck,
) => Promise<Result<JsonObject, SignatureFailureReason>>;

/** Where the key comes from, and with it what the source's secret is. */
export type JwtKeySource =
  /** The secret is the key: text, base64url, or a public key, by algorithm. */
  | { readonly kind: 'secret'; readonly form: 'text' | 'base64url' | 'public_key' }
  /** The secret is the audience: what makes a token of this issuer one for this source. */
  | { readonly kind: 'jwks'; readonly document: KeyDocument }
  /** The sender hands out keys by id. The secret is no part of the proof. */
  | { readonly kind: 'by_id'; readonly find: FindJwk };

export type JwtSchemeOptions = {
  readonly name: string;
  /** Default `authorization`, behind `Bearer`; in any other header the token is all of it. */
  readonly header?: string;
  /** At least one; a token that names another is refused, and `none` cannot be among them. */
  readonly algorithms: readonly [JwtAlgorithm, ...JwtAlgorithm[]];
  readonly key: JwtKeySource;
  readonly issuer?: string;
  /** Required besides the secret where the key is the secret. */
  readonly audience?: string;
  /** Seconds since `iat`: an older token may be a replay. Default: `exp` alone counts. */
  readonly maxAgeSeconds?: number;
  /** The claim that holds the hex SHA-256 of the body. Without one a token proves who sent, not what. */
  readonly bodyDigestClaim?: string;
  /** A further rule over the claims of a token whose signature holds. Pure. */
  accepts?(claims: JWTPayload): boolean;
};

type Token = { readonly text: string; readonly keyId: string };

const compactToken = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const bearer = /^bearer +/i;

function headerOf(options: JwtSchemeOptions): string {
  return (options.header ?? 'authorization').toLowerCase();
}

function parseHeader(token: string): { alg: unknown; kid: unknown } | null {
  try {
    const [part = ''] = token.split('.');
    return JSON.parse(atob(part.replaceAll('-', '+').replaceAll('_', '/')));
  } catch {
    return null;
  }
}

function readToken(options: JwtSchemeOptions, check: SignatureCheck): Result<Token, SignatureFailureReason> {
  const header = headerOf(options);
  const value = check.request.headers[header] ?? '';
  if (check.request.repeatedHeaders.includes(header)) return err('repeated_header');
  if (value.trim() === '') return err('missing_signature');
  if (value.length > limits.maxTokenCharacters) return err('signature_too_long');
  return parseToken(header === 'authorization' ? value.replace(bearer, '') : value, options);
}

/** What can be refused before any key is asked for. */
export function parseToken(
  text: string,
  { algorithms }: Pick<JwtSchemeOptions, 'algorithms'>,
): Result<Token, SignatureFailureReason> {
  const parsed = compactToken.test(text) ? parseHeader(text) : null;
  if (parsed === null || typeof parsed !== 'object') return err('malformed_signature');
  if (!algorithms.some((algorithm) => algorithm === parsed.alg)) return err('algorithm_not_allowed');
  const keyId = parsed.kid ?? '';
  if (typeof keyId !== 'string' || (keyId !== '' && !keyIdPattern.test(keyId))) return err('key_unknown');
  return ok({ text, keyId });
}

/** What jose found wrong, in the words of a verdict. */
function toReason(error: unknown): SignatureFailureReason {
  if (error instanceof JWTExpired) return 'token_expired';
  if (error instanceof JWTClaimValidationFailed) {
    const timely = error.claim === 'iat' || error.claim === 'nbf' || error.claim === 'exp';
    if (timely) return 'token_expired';
    return error.claim === 'aud' ? 'not_ours' : 'claim_mismatch';
  }
  return error instanceof JOSEError ? 'mismatch' : 'key_unusable';
}

/** Seconds a sender's clock may be ahead of the edge's. */
const clockSkewSeconds = 60;

function isYoung(
  { iat }: JWTPayload,
  { maxAgeSeconds }: Pick<JwtSchemeOptions, 'maxAgeSeconds'>,
  { now, toleranceSeconds }: Pick<SignatureCheck, 'now' | 'toleranceSeconds'>,
): boolean {
  if (maxAgeSeconds === undefined) return true;
  if (typeof iat !== 'number') return false;
  const ageSeconds = Math.floor(now / 1000) - iat;
  return ageSeconds <= (toleranceSeconds ?? maxAgeSeconds) && ageSeconds >= -clockSkewSeconds;
}

type TokenCheck = {
  readonly options: Omit<JwtSchemeOptions, 'key' | 'name'>;
  readonly token: Token;
  readonly key: JwtKey;
  readonly audience: string | null;
};

/** Signature, times and claims of one token with one key. */
export async function verifyToken(
  check: Pick<SignatureCheck, 'now' | 'request' | 'toleranceSeconds'>,
  { options, token, key, audience }: TokenCheck,
): Promise<'match' | SignatureFailureReason> {
  const expected: JWTVerifyOptions = {
    algorithms: [...options.algorithms],
    currentDate: new Date(check.now),
    ...(options.issuer === undefined ? {} : { issuer: options.issuer }),
    ...(audience === null ? {} : { audience }),
  };
  let payload: JWTPayload;
  try {
    ({ payload } = await jwtVerify(token.text, key, expected));
  } catch (error) {
    return toReason(error);
  }
  if (!isYoung(payload, options, check)) return 'token_expired';
  if (options.accepts?.(payload) === false) return 'claim_mismatch';
  if (options.bodyDigestClaim === undefined) return 'match';
  const digest = await crypto.subtle.digest('SHA-256', check.request.body);
  const claimed = payload[options.bodyDigestClaim];
  if (typeof claimed !== 'string') return 'claim_mismatch';
  return (await equalTexts(claimed, encodeHex(new Uint8Array(digest)))) ? 'match' : 'mismatch';
}

async function verify(options: JwtSchemeOptions, check: SignatureCheck): Promise<SignatureVerdict> {
  const header = headerOf(options);
  const fail = (reason: SignatureFailureReason): SignatureVerdict => ({ ok: false, reason, header });
  const token = readToken(options, check);
  if (!token.ok) return fail(token.error);
  const { key: source, algorithms } = options;
  if (source.kind === 'secret') {
    return matchSecrets(check, header, async (secret) => {
      const key = await importJwtKey(secret, source.form, algorithms[0]);
      if (key === null) return 'secret_unusable';
      return verifyToken(check, { options, token: token.value, key, audience: options.audience ?? null });
    });
  }
  const jwk = await findJwk(source, token.value.keyId, check);
  if (!jwk.ok) return fail(jwk.error);
  const key = await importJwtKey(JSON.stringify(jwk.value), 'public_key', algorithms[0]);
  if (key === null) return fail('key_unusable');
  const own = (audience: string | null) => verifyToken(check, { options, token: token.value, key, audience });
  if (source.kind === 'jwks') return matchSecrets(check, header, own);
  const found = await own(options.audience ?? null);
  return found === 'match' ? { ok: true, verifiedWith: 'current' } : fail(found);
}

function findJwk(
  source: Exclude<JwtKeySource, { kind: 'secret' }>,
  keyId: string,
  check: SignatureCheck,
): Promise<Result<JsonObject, SignatureFailureReason>> {
  if (keyId === '') return Promise.resolve(err('key_unknown'));
  return source.kind === 'jwks'
    ? readJwk(check.remoteKeys, source.document, keyId)
    : source.find(keyId, check);
}

export function jwtScheme(options: JwtSchemeOptions): SignatureScheme {
  const { key } = options;
  return {
    name: options.name,
    headers: [headerOf(options)],
    needsUrl: false,
    secretProblem: (secret) => secretFormProblem(secret, key.kind === 'secret' ? key.form : 'text'),
    verify: (check) => verify(options, check),
  };
}
