// The session of a description as one of the strategies every adapter chooses from. Keeps no token and repeats no login: one
// writer does both.

import type { ErpConnection, ErpSession, LoginResult } from '../../core/erp.ts';
import type { JsonValue } from '../../core/json.ts';
import { jwtAssertion } from '../sessions/jwt-assertion.ts';
import { oauth2ClientCredentials, oauth2RefreshToken } from '../sessions/oauth2.ts';
import { sessionLogin } from '../sessions/session-login.ts';
import { staticKey } from '../sessions/static-key.ts';
import type { AnswerRules } from './compiled.ts';
import { answerRoots, type Compiler, type Reads } from './compiler.ts';
import type { HttpSession } from './description.ts';
import { compileRotation } from './http-rotation.ts';
import { readPlace } from './place.ts';
import { readHttpAnswer, saysUnauthorized } from './read-answer.ts';
import { toHeaderValue } from './render-call.ts';
import { renderTemplate } from './render-template.ts';
import { parseTemplate, type Template } from './template.ts';
import { toRefused } from './to-refused.ts';

type Credential = Readonly<Record<string, string>>;
type KeySession = Extract<HttpSession, { kind: 'static_key' }>;
type LoginSession = Extract<HttpSession, { kind: 'session_login' }>;

export type CompiledSession = { readonly session: ErpSession; readonly credentialFields: readonly string[] };

const ofCredential: Reads = { roots: ['credential'], operation: null };

export function compileSession(source: HttpSession, compiler: Compiler, rules: AnswerRules): CompiledSession {
  const isExpired: ErpSession['isExpired'] = (answer) => saysUnauthorized(answer, rules);
  switch (source.kind) {
    case 'static_key':
      return compileStaticKey(source, compiler, rules);
    case 'basic': {
      const token = ({ user = '', password = '' }: Credential) => toBase64(`${user}:${password}`);
      const authorize = headerOf('authorization', (text) => `Basic ${text}`);
      return { session: staticKey({ token, authorize, isExpired }), credentialFields: ['user', 'password'] };
    }
    case 'session_login':
      return compileLogin(source, compiler, rules);
    case 'oauth2_client_credentials':
      return {
        session: oauth2ClientCredentials({ ...source, isExpired }),
        credentialFields: ['clientId', 'clientSecret'],
      };
    case 'oauth2_refresh_token':
      return {
        session: oauth2RefreshToken({ ...source, isExpired }),
        credentialFields: ['clientId', 'clientSecret', 'refreshToken'],
      };
    case 'jwt_assertion':
      return {
        session: jwtAssertion({ ...source, isExpired }),
        credentialFields: ['clientId', 'privateKey'],
      };
  }
}

function compileStaticKey(source: KeySession, compiler: Compiler, rules: AnswerRules): CompiledSession {
  const { header } = source;
  const isExpired: ErpSession['isExpired'] = (answer) => saysUnauthorized(answer, rules);
  const value = compiler.template(source.value, 'session.value', ofCredential);
  const credentialFields = partsOf([source.value]);
  const [part = ''] = credentialFields;
  if (source.rotation === undefined) {
    const token = (credential: Credential) => textOf(value, { credential });
    return {
      session: staticKey({ token, authorize: headerOf(header, (text) => text), isExpired }),
      credentialFields,
    };
  }
  if (credentialFields.length !== 1) {
    compiler.report('session.value', 'must name one part of the credential: the one that is rotated');
  }
  // The token is the bare key, for that is what the ERP issues; the header is made of it each time.
  const token = (credential: Credential) => credential[part] ?? '';
  const authorize = headerOf(header, (key) => textOf(value, { credential: { [part]: key } }));
  const rotation = compileRotation(source.rotation, compiler, rules);
  return { session: staticKey({ token, authorize, isExpired, rotation }), credentialFields };
}

/** Seconds a session lives where neither the answer nor the description says it: five minutes, the shortest among the ERPs. */
const assumedLifeSeconds = 300;

function compileLogin(source: LoginSession, compiler: Compiler, rules: AnswerRules): CompiledSession {
  const { login, header } = source;
  const { path, method = 'POST', headers = {}, body, form } = login;
  if ((body === undefined) === (form === undefined)) {
    compiler.report('session.login', 'must have a body or a form, one of the two');
  }
  const bodyTemplate =
    body === undefined ? null : compiler.template(body, 'session.login.body', ofCredential);
  const formTemplates = compiler.named(form, 'session.login.form', ofCredential);
  const headerTemplates = compiler.named(headers, 'session.login.headers', ofCredential);
  const value = compiler.template(source.value, 'session.value', { roots: ['token'], operation: null });
  const token = compiler.place(source.token, 'session.token', answerRoots);
  const life =
    source.expiresInSeconds === undefined
      ? null
      : compiler.place(source.expiresInSeconds, 'session.expiresInSeconds', answerRoots);
  const logIn = async (erp: ErpConnection, credential: Credential, now: number): Promise<LoginResult> => {
    const write = (named: typeof formTemplates) =>
      Object.fromEntries(named.map(([name, template]) => [name, textOf(template, { credential })]));
    const content =
      bodyTemplate === null
        ? { form: write(formTemplates) }
        : { body: renderTemplate(bodyTemplate, { values: { credential } }, []) ?? null };
    const sent = await erp.send({ method, path, headers: write(headerTemplates), ...content, write: false });
    const answer = readHttpAnswer(sent, rules, false);
    if (answer.kind !== 'answer') return toRefused(answer, 'no answer to a login');
    const text = readPlace(token, answer.scope);
    const seconds = Number(life === null ? undefined : readPlace(life, answer.scope));
    const lifeSeconds = seconds > 0 ? seconds : (source.lifeSeconds ?? assumedLifeSeconds);
    if (typeof text !== 'string' || text === '') {
      return { kind: 'unavailable', message: `the answer to the login holds no ${source.token}` };
    }
    return { kind: 'logged_in', token: text, expiresAt: now + lifeSeconds * 1_000 };
  };
  const authorize = headerOf(header, (text) => textOf(value, { token: text }));
  return {
    session: sessionLogin({
      login: logIn,
      authorize,
      isExpired: (answer) => saysUnauthorized(answer, rules),
    }),
    credentialFields: partsOf([body ?? null, { ...form }, { ...headers }]),
  };
}

function headerOf(name: string, write: (token: string) => string): ErpSession['authorize'] {
  return (token) => ({ [name]: toHeaderValue(write(token)) });
}

function textOf(template: Template, values: Readonly<Record<string, JsonValue>>): string {
  const value = renderTemplate(template, { values }, []);
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

/** The credential's parts, as its templates name them. */
function partsOf(sources: readonly JsonValue[]): readonly string[] {
  const names = sources
    .flatMap((source) => parseTemplate(source).slots)
    .filter(({ place }) => place.root === 'credential')
    .map(({ place }) => String(place.segments[0] ?? ''));
  return [...new Set(names)].filter((name) => name !== '');
}

function toBase64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
