// The scheme of a vector whose sender has no preset, read off its fields: what a user of the generic source would write.
// It knows no sender by name.

import { hmacScheme } from '../../../src/core/signature/hmac-scheme.ts';
import type { JwtAlgorithm } from '../../../src/core/signature/jwt-key.ts';
import { jwtScheme } from '../../../src/core/signature/jwt-scheme.ts';
import { publicKeyScheme } from '../../../src/core/signature/public-key-scheme.ts';
import type { HmacHash, SignatureScheme } from '../../../src/core/signature/scheme.ts';
import {
  authorizationScheme,
  basicScheme,
  bearerScheme,
  headerTokenScheme,
  urlTokenScheme,
} from '../../../src/core/signature/token-scheme.ts';
import { standardScheme } from '../../../src/core/sources/standard-scheme.ts';
import { headersOf, plainName, type Vector } from './vector.ts';

const hashes: readonly (readonly [string, HmacHash])[] = [
  ['sha512', 'SHA-512'],
  ['sha256', 'SHA-256'],
  ['sha1', 'SHA-1'],
];

/** The header that most probably holds the signature, where the vector does not say. */
function signatureHeaderOf(vector: Vector): string {
  const names = Object.keys(headersOf(vector));
  const probable = [/signature/, /hmac|digest|^x-sign/, /token|secret|key/, /^authorization$/];
  const found = probable.map((pattern) =>
    names.find((name) => pattern.test(name) && !/timestamp/.test(name)),
  );
  return vector.signature_header?.toLowerCase() ?? found.find((name) => name !== undefined) ?? 'x-signature';
}

function timestampHeaderOf(vector: Vector): string | undefined {
  const own = vector.timestamp_header?.toLowerCase();
  return own ?? Object.keys(headersOf(vector)).find((name) => name.includes('timestamp'));
}

function secretFormOf(vector: Vector) {
  if (vector.secret_hex !== undefined) return 'hex';
  if (vector.secret_base64url !== undefined) return 'base64url';
  if (vector.secret_base64 !== undefined) return 'base64';
  return vector.secret_normalize === 'NFKD' ? 'nfkd_text' : 'text';
}

/** The vector's own template, with its short names for what the relay calls otherwise. */
function templateOf(vector: Vector): string | null {
  const template = vector.template ?? vector.signed_content;
  if (template?.includes('{body}') !== true) return null;
  const id = Object.keys(headersOf(vector)).find((name) => /(?:^|-)id$/.test(name));
  return template
    .replaceAll('{ts}', '{timestamp}')
    .replaceAll('{id}', id === undefined ? '' : `{header:${id}}`);
}

/** `{timestamp}.{body}` where the scheme's name tells of a time and the request has one. */
function signedOf(vector: Vector): { signed: string; timestamp?: { header: string } } {
  const header = timestampHeaderOf(vector);
  const scheme = vector.scheme ?? '';
  const template = templateOf(vector);
  if (template !== null) {
    return template.includes('{timestamp}') && header !== undefined
      ? { signed: template, timestamp: { header } }
      : { signed: template };
  }
  if (header === undefined || !/ts|timestamp/.test(scheme)) {
    return { signed: scheme.includes('url') ? '{url}{body}' : '{body}' };
  }
  const separator = /ts-dot|dot-body|ts\.body/.test(scheme) ? '.' : '';
  return { signed: `{timestamp}${separator}{body}`, timestamp: { header } };
}

function rowOf(vector: Vector) {
  const kind = plainName(vector.hash ?? vector.scheme);
  const header = signatureHeaderOf(vector);
  const value = headersOf(vector)[header] ?? '';
  const prefix = vector.signature_prefix ?? /^(?:sha\d+|v\d)=/.exec(value)?.[0] ?? '';
  return {
    name: vector.provider ?? 'generic',
    header,
    prefix,
    ...(vector.prefix_optional === undefined ? {} : { prefixOptional: vector.prefix_optional }),
    hash: hashes.find(([name]) => kind.includes(name))?.[1] ?? 'SHA-256',
    ...signedOf(vector),
  } as const;
}

function encodingOf(vector: Vector, fallback: 'hex' | 'base64') {
  const named = plainName(vector.encoding ?? vector.scheme);
  if (named.includes('base64url')) return 'base64url';
  if (named.includes('base64')) return 'base64';
  return named.includes('hex') ? 'hex' : fallback;
}

function listScheme(vector: Vector): SignatureScheme | null {
  const header = signatureHeaderOf(vector);
  const match = /^(t|ts)=\d+([,;])(v1|h1)=/.exec(headersOf(vector)[header] ?? '');
  if (match === null) return null;
  const [, timestampKey = 't', separator = ',', signatureKey = 'v1'] = match;
  return hmacScheme({
    name: vector.provider ?? 'generic',
    header,
    keyValues: { separator, timestampKey, signatureKey },
    signed: timestampKey === 't' ? '{timestamp}.{body}' : '{timestamp}:{body}',
    timestamp: {},
  });
}

const byKeyType: Readonly<Record<string, JwtAlgorithm>> = { RSA: 'RS256', EC: 'ES256', OKP: 'EdDSA' };

/** What the vector's scheme or key says, never what its token says. */
function jwtAlgorithmOf(vector: Vector): JwtAlgorithm {
  const named = /(?:hs|rs|ps|es)(?:256|384|512)|eddsa/.exec(plainName(vector.scheme))?.[0];
  if (named !== undefined) return named === 'eddsa' ? 'EdDSA' : (named.toUpperCase() as JwtAlgorithm);
  const jwk = vector.publicKeyJwk ?? vector.jwks?.keys[0];
  const byKey = (jwk?.alg as JwtAlgorithm | undefined) ?? byKeyType[String(jwk?.kty)];
  return byKey ?? (vector.publicKey === undefined ? 'HS256' : 'RS256');
}

function jwtSchemeOf(vector: Vector): SignatureScheme {
  const algorithm = jwtAlgorithmOf(vector);
  const { issuer = vector.iss, audience = vector.aud } = vector;
  const form = secretFormOf(vector) === 'base64url' ? 'base64url' : 'text';
  const symmetric = algorithm.startsWith('HS');
  return jwtScheme({
    name: 'generic',
    algorithms: [algorithm],
    ...(vector.signature_header === undefined ? {} : { header: vector.signature_header }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
    key: { kind: 'secret', form: symmetric ? form : 'public_key' },
  });
}

function tokenSchemeOf(vector: Vector, name: string): SignatureScheme {
  if (name.includes('basic')) return basicScheme({ name: 'generic' });
  if (name.includes('bearer')) return bearerScheme({ name: 'generic' });
  if (vector.url?.includes('token=') === true) return urlTokenScheme({ name: 'generic' });
  const header = signatureHeaderOf(vector);
  return header === 'authorization'
    ? authorizationScheme({ name: 'generic' })
    : headerTokenScheme({ name: 'generic', header });
}

function keySchemeOf(vector: Vector, name: string): SignatureScheme {
  const algorithm = name.includes('ed25519') ? 'ed25519' : /ecdsa|es256/.test(name) ? 'ecdsa' : 'rsa';
  const encoding = encodingOf(vector, 'base64');
  const row = rowOf(vector);
  const asDer = algorithm === 'ecdsa' && encoding === 'base64' && !/p1363|raw/.test(name);
  // Adobe Commerce's synchronous webhooks sign the body's base64.
  const ofBase64 = /base64body|bodybase64|adobecommerce/.test(name + plainName(vector.provider));
  const body64 = ofBase64 ? { signed: '{body_base64}' } : {};
  return publicKeyScheme({ ...row, ...body64, algorithm, encoding: asDer ? 'der_base64' : encoding });
}

export function genericScheme(vector: Vector): SignatureScheme {
  const name = plainName(vector.scheme);
  const list = listScheme(vector);
  if (name.includes('standardwebhooks') || name === 'svix') return standardScheme;
  if (name.includes('jwt')) return jwtSchemeOf(vector);
  if (/basic|bearer|token|static/.test(name)) return tokenSchemeOf(vector, name);
  if (list !== null) return list;
  const hasKey = vector.publicKey !== undefined || vector.publicKeyJwk !== undefined;
  if (hasKey || /rsa|ecdsa|ed25519/.test(name)) return keySchemeOf(vector, name);
  const encoding = encodingOf(vector, 'hex');
  return hmacScheme({ ...rowOf(vector), encoding, secretForm: secretFormOf(vector) });
}
