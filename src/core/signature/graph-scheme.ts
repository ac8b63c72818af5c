// Microsoft Graph: every notification carries the client state that the subscription was made with, which is the secret.
// Notifications with resource data come with tokens of Microsoft Entra besides; where they come, they must hold too.

import { isJsonObject, type JsonObject } from '../json.ts';
import { limits } from '../limits.ts';
import { readBodyObject, refused, textIn } from './body-fields.ts';
import { equalTexts } from './constant-time.ts';
import { readJwk } from './jwks.ts';
import { importJwtKey } from './jwt-key.ts';
import { parseToken, verifyToken } from './jwt-scheme.ts';
import { matchSecrets } from './match-signature.ts';
import { type KeyDocument, onHost } from './remote-keys.ts';
import type { SignatureCheck, SignatureScheme, SignatureVerdict } from './scheme.ts';
import { secretFormProblem } from './secret-bytes.ts';
import type { SignatureFailureReason } from './signature-failure.ts';

/** The application that publishes change notifications; a token of any other is not Graph's. */
const publisherId = '0bf30f3b-4a52-48df-9a82-234910c4a086';
const issuer = /^https:\/\/(?:sts\.windows\.net|login\.microsoftonline\.com)\/[0-9a-f-]{36}(?:\/|\/v2\.0)$/;

/** Microsoft rotates its keys daily and asks for them to be looked up as often, ms. */
const keysMaxAgeMs = 86_400_000;
const keys: KeyDocument = {
  url: 'https://login.microsoftonline.com/common/discovery/v2.0/keys',
  allows: onHost('login.microsoftonline.com'),
  cacheAs: 'microsoft-graph keys',
  maxAgeMs: keysMaxAgeMs,
};

/** One token for each pair of application and tenant: never many. */
const maxTokens = 20;
const algorithms = ['RS256'] as const;

export type GraphSchemeOptions = {
  /** The id of the application that made the subscriptions: whom the tokens must be for. */
  readonly applicationId: string | null;
};

async function checkToken(
  check: SignatureCheck,
  text: unknown,
  applicationId: string,
): Promise<'match' | SignatureFailureReason> {
  if (typeof text !== 'string' || text.length > limits.maxTokenCharacters) return 'malformed_signature';
  const token = parseToken(text, { algorithms });
  if (!token.ok) return token.error;
  const jwk = await readJwk(check.remoteKeys, keys, token.value.keyId);
  if (!jwk.ok) return jwk.error;
  const key = await importJwtKey(JSON.stringify(jwk.value), 'public_key', 'RS256');
  if (key === null) return 'key_unusable';
  return verifyToken(check, {
    options: {
      algorithms,
      accepts: ({ iss, appid, azp }) => issuer.test(iss ?? '') && (appid ?? azp) === publisherId,
    },
    token: token.value,
    key,
    audience: applicationId,
  });
}

async function checkTokens(
  check: SignatureCheck,
  tokens: JsonObject[string],
  { applicationId }: GraphSchemeOptions,
): Promise<'match' | SignatureFailureReason> {
  if (tokens === undefined || tokens === null) return 'match';
  if (!Array.isArray(tokens) || tokens.length > maxTokens) return 'malformed_body';
  if (tokens.length > 0 && applicationId === null) return 'source_incomplete';
  for (const token of tokens) {
    const found = await checkToken(check, token, applicationId ?? '');
    if (found !== 'match') return found;
  }
  return 'match';
}

async function verify(options: GraphSchemeOptions, check: SignatureCheck): Promise<SignatureVerdict> {
  const body = readBodyObject(check.request);
  const value = body?.value;
  if (body === null || !Array.isArray(value) || value.length === 0 || value.length > limits.maxBatchItems) {
    return refused('malformed_body');
  }
  const states = value.map((item) => (isJsonObject(item) ? textIn(item, 'clientState') : null) ?? '');
  if (states.includes('')) return refused('missing_signature');
  const known = await matchSecrets(check, null, async (secret) => {
    if (secret.trim() === '') return 'secret_unusable';
    const answers = await Promise.all([...new Set(states)].map((state) => equalTexts(state, secret)));
    return answers.includes(false) ? 'mismatch' : 'match';
  });
  if (!known.ok) return known;
  const tokens = await checkTokens(check, body.validationTokens, options);
  return tokens === 'match' ? known : refused(tokens);
}

export function graphScheme(options: GraphSchemeOptions): SignatureScheme {
  return {
    name: 'microsoft-graph',
    headers: [],
    needsUrl: false,
    secretProblem: (secret) => secretFormProblem(secret, 'text'),
    verify: (check) => verify(options, check),
  };
}
