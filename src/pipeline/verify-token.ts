// Verifies a caller's token of a configured issuer: signature by its JWKS, algorithm from a list and never from the token alone,
// issuer, audience, times. Keys come through the RemoteKeys port, which keeps them; an unknown key id is looked for once more.
// May not log the token.

import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { JOSEError, JWKSNoMatchingKey } from 'jose/errors';
import { jwksMaxAgeMs, parseJsonObject } from '../core/signature/jwks.ts';
import { onHost, type RemoteKeys } from '../core/signature/remote-keys.ts';
import type { TokenFacts, TokenVerifier } from './identify-caller.ts';
import { type Clock, PortError } from './ports.ts';

/** Asymmetric ones only: a JWKS is public, and nobody may sign with what is public. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'EdDSA'];

/** Clocks of two machines differ by so much, seconds. */
const clockToleranceSeconds = 30;

export type VerifiedIssuer = {
  readonly kind: 'bearer' | 'access';
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
};

export type TokenDependencies = {
  readonly issuers: readonly VerifiedIssuer[];
  readonly remoteKeys: Pick<RemoteKeys, 'read'>;
  readonly clock: Pick<Clock, 'now'>;
};

/** Null where no issuer is configured. */
export function createTokenVerifier(deps: TokenDependencies): TokenVerifier | null {
  if (deps.issuers.length === 0) return null;
  return {
    verify: async (token, kind) => {
      for (const issuer of deps.issuers) {
        // An Access token may also come as a bearer token: a script that has one sends it so.
        if (kind === 'access_token' && issuer.kind !== 'access') continue;
        const payload = await verifyWith(deps, issuer, token);
        if (payload !== null) return toFacts(issuer, payload);
      }
      return null;
    },
  };
}

async function verifyWith(
  deps: TokenDependencies,
  issuer: VerifiedIssuer,
  token: string,
): Promise<JWTPayload | null> {
  for (const fresh of [false, true]) {
    const keys = await readKeys(deps, issuer, fresh);
    try {
      const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
        algorithms,
        issuer: issuer.issuer,
        audience: issuer.audience,
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(deps.clock.now()),
        requiredClaims: ['exp', 'iss', 'aud'],
      });
      return payload;
    } catch (error) {
      if (!(error instanceof JOSEError)) throw error;
      if (!(error instanceof JWKSNoMatchingKey)) return null;
    }
  }
  return null;
}

async function readKeys(
  { remoteKeys }: TokenDependencies,
  { issuer, jwksUrl }: VerifiedIssuer,
  fresh: boolean,
): Promise<JSONWebKeySet> {
  const document = {
    url: jwksUrl,
    allows: onHost(new URL(jwksUrl).hostname),
    cacheAs: `issuer/${issuer}`,
    maxAgeMs: jwksMaxAgeMs,
  };
  const read = await remoteKeys.read(document, { fresh });
  const parsed = read.ok ? parseJsonObject(read.value) : null;
  if (parsed === null || !Array.isArray(parsed.keys))
    throw new PortError(`the keys of ${issuer} cannot be had`, { retryable: false, overloaded: false });
  return parsed as unknown as JSONWebKeySet;
}

/** An e-mail names somebody only where the issuer says that it was verified; Access verifies every one it puts there. */
function toFacts({ kind, issuer }: VerifiedIssuer, payload: JWTPayload): TokenFacts {
  const { sub, email, email_verified: isVerified, common_name: commonName } = payload;
  const vouched = kind === 'access' || isVerified === true ? email : undefined;
  const service = kind === 'access' ? commonName : undefined;
  const subjects = [sub, vouched, service].filter((each) => typeof each === 'string' && each !== '');
  return { issuer, subjects: subjects as string[] };
}
