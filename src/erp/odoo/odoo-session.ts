// How Odoo is logged in to: JSON-2 takes an API key as a bearer, replaced by API before its three months end; JSON-RPC takes the
// user's id and the key in every body. Keeps nothing.

import type { ErpConnection, ErpSession, KeyRotation, LoginResult } from '../../core/erp.ts';
import { isJsonObject } from '../../core/json.ts';
import { neverExpiresAt } from '../../core/token-life.ts';
import { sessionLogin } from '../sessions/session-login.ts';
import { staticKey } from '../sessions/static-key.ts';
import type { OdooSettings } from './odoo-options.ts';
import { placeKey, toEnvelope, toOdooRequest } from './odoo-request.ts';
import { isOdooExpired, type OdooAnswer, readOdoo } from './read-odoo.ts';

const dayMs = 86_400_000;

/** Life of a new key, days: Odoo allows three months, of which the shortest has 89. */
const keyDays = 85;

export function createOdooSession(settings: OdooSettings): ErpSession {
  return settings.api === 'json2' ? createJson2Session(settings) : createJsonRpcSession(settings);
}

function createJson2Session(settings: OdooSettings): ErpSession {
  const { rotateAfterDays } = settings;
  return staticKey({
    token: ({ apiKey = '' }) => apiKey,
    isExpired: (answer) => isOdooExpired(answer, 'json2'),
    ...(rotateAfterDays > 0 ? { rotation: createRotation(settings) } : {}),
  });
}

/** Of the documentation: `generate` with the key itself, then `revoke` of the old one with the new one. */
function createRotation(settings: OdooSettings): KeyRotation {
  const model = 'res.users.apikeys';
  const ask = async (erp: ErpConnection, call: Omit<Parameters<typeof toOdooRequest>[0], 'write'>) =>
    readOdoo(await erp.send(toOdooRequest({ ...call, write: false }, settings)), {
      ...{ api: settings.api, isWrite: false, fields: {} },
    });
  return {
    everyMs: settings.rotateAfterDays * dayMs,
    rotate: async ({ erp, key, now }) => {
      const endsOn = new Date(now + keyDays * dayMs).toISOString().slice(0, 10);
      const args = { key, scope: 'rpc', name: 'holdfast', expiration_date: endsOn };
      const answer = await ask(erp, { model, method: 'generate', args });
      if (answer.kind !== 'value') return toFailure(answer);
      if (typeof answer.value !== 'string' || answer.value === '') {
        return { kind: 'unavailable', message: 'the answer holds no key' };
      }
      // The day begins where Odoo is: at the earliest half a day before it begins here.
      return { kind: 'rotated', key: answer.value, expiresAt: Date.parse(endsOn) - dayMs / 2 };
    },
    prove: async ({ erp }) => {
      const answer = await ask(erp, { model: 'res.users', method: 'context_get' });
      return answer.kind === 'value' ? { kind: 'done' } : toFailure(answer);
    },
    revoke: async ({ erp, old }) => {
      const answer = await ask(erp, { model, method: 'revoke', args: { key: old } });
      return answer.kind === 'value' ? { kind: 'done' } : toFailure(answer);
    },
  };
}

function toFailure(answer: Exclude<OdooAnswer, { kind: 'value' }>): {
  readonly kind: 'refused' | 'unavailable';
  readonly message: string;
} {
  if (answer.kind === 'call_failed') {
    const { kind, message } = answer.failure;
    return { kind: kind === 'unauthorized' ? 'refused' : 'unavailable', message };
  }
  if (answer.kind === 'done_before') return { kind: 'refused', message: answer.refusal.message };
  if (answer.kind === 'contract_broken') return { kind: 'unavailable', message: 'no answer of Odoo' };
  return { kind: answer.kind === 'rejected' ? 'refused' : 'unavailable', message: answer.message };
}

/** The token is the user's id and the key: `execute_kw` wants both each time. */
function createJsonRpcSession(settings: OdooSettings): ErpSession {
  const { database = '' } = settings;
  const logIn = async (
    erp: ErpConnection,
    { login = '', apiKey = '' }: Readonly<Record<string, string>>,
  ): Promise<LoginResult> => {
    const body = toEnvelope('common', 'authenticate', [database, login, apiKey, {}]);
    const sent = await erp.send({ method: 'POST', path: '/jsonrpc', body, write: false });
    const answer = readOdoo(sent, { api: 'jsonrpc', isWrite: false, fields: {} });
    if (answer.kind !== 'value') return toFailure(answer);
    // A wrong password is a success that says false.
    if (typeof answer.value !== 'number')
      return { kind: 'refused', message: 'Odoo refuses the login or its key' };
    return { kind: 'logged_in', token: `${answer.value}:${apiKey}`, expiresAt: neverExpiresAt };
  };
  return {
    ...sessionLogin({ login: logIn, authorize: () => ({}) }),
    isExpired: (answer) => isOdooExpired(answer, 'jsonrpc'),
    place: (request, token) => {
      const colon = token.indexOf(':');
      const isCall = isJsonObject(request.body) && colon > 0;
      return isCall
        ? placeKey(request, { id: Number(token.slice(0, colon)), key: token.slice(colon + 1) })
        : request;
    },
  };
}
