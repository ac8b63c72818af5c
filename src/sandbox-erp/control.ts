// The control API under /sandbox: state, faults, settings, keys, reset. For tests, demos and people, not for the relay:
// no rate and no switch applies to it, and it is no part of what an adapter may call.

import * as z from 'zod';
import { issueApiKey, issueBody } from './api-keys.ts';
import { ERP_AREAS, type Erp, type ErpSettings, erpSettings, parseBody } from './erp.ts';
import { erpStateChunks, erpSummary, MAX_STATE_DOCUMENTS, type StateSource } from './erp-state.ts';
import { type ErpFaults, erpFaults } from './faults.ts';
import { BATCH_ROUTE } from './perform-request.ts';
import { Refusal, refuse } from './refusal.ts';
import { API_ROUTES } from './routes.ts';
import { endAllTokens, putKey } from './sessions.ts';

export interface ControlHost {
  stateSource(): StateSource;
  erp(): Erp;
  setFaults(faults: ErpFaults): void;
  setSettings(settings: ErpSettings): void;
  reset(): void;
}

export type ControlRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
};

/** `chunks` are the parts of one JSON text. */
export type ControlAnswer = { readonly status: number; readonly chunks: readonly string[] };

const json = (body: unknown): ControlAnswer => ({ status: 200, chunks: [JSON.stringify(body)] });

type ControlRoute = (host: ControlHost, request: ControlRequest) => ControlAnswer;

const CONTROL_ROUTES: Readonly<Record<string, ControlRoute>> = {
  'GET /sandbox': () => json({ routes: [...Object.keys(CONTROL_ROUTES), ...routeNames()] }),
  'GET /sandbox/state': readState,
  'GET /sandbox/faults': (host) => json(host.stateSource().faults),
  'PUT /sandbox/faults': (host, { body }) => changeFaults(host, body),
  'PATCH /sandbox/faults': (host, { body }) =>
    changeFaults(host, { ...host.stateSource().faults, ...objectOf(body) }),
  'GET /sandbox/settings': (host) => json(host.stateSource().settings),
  'PUT /sandbox/settings': (host, { body }) => changeSettings(host, body),
  'PATCH /sandbox/settings': (host, { body }) =>
    changeSettings(host, { ...host.stateSource().settings, ...objectOf(body) }),
  'POST /sandbox/reset': resetAll,
  'PUT /sandbox/keys/:keyId': (host, { path, body }) => json(putKey(host.erp(), keyIdOf(path), body)),
  'DELETE /sandbox/keys/:keyId': removeKey,
  'POST /sandbox/api-keys': issueKey,
};

export function control(host: ControlHost, request: ControlRequest): ControlAnswer {
  const pattern = request.path.replace(/^\/sandbox\/keys\/[^/]+$/, '/sandbox/keys/:keyId');
  const run = CONTROL_ROUTES[`${request.method} ${pattern}`];
  try {
    if (run !== undefined) return run(host, request);
    const message = `There is no ${request.method} ${request.path}.`;
    throw new Refusal({ status: 404, code: 'unknown_route', message });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: error.status, chunks: [JSON.stringify(error.body)] };
  }
}

const routeNames = (): string[] => [...API_ROUTES.map(({ name }) => name), BATCH_ROUTE];

const stateQuery = z.object({
  summary: z.enum(['0', '1']).default('0'),
  limit: z.coerce.number().int().min(0).max(MAX_STATE_DOCUMENTS).default(MAX_STATE_DOCUMENTS),
});

function readState(host: ControlHost, { query }: ControlRequest): ControlAnswer {
  const { summary, limit } = parseBody(stateQuery, query);
  if (summary === '1') return json(erpSummary(host.stateSource()));
  return { status: 200, chunks: erpStateChunks(host.stateSource(), limit) };
}

/** What is not named is off: the body is the whole of the faults. */
function changeFaults(host: ControlHost, body: unknown): ControlAnswer {
  const { tokenExpired, ...faults } = parseBody(erpFaults, body);
  refuseUnknownRoutes('only', faults.only);
  refuseUnknownRoutes('async.routes', faults.async?.routes ?? []);
  host.setFaults({ ...faults, tokenExpired: false });
  if (tokenExpired) endAllTokens(host.erp());
  return json(host.stateSource().faults);
}

function refuseUnknownRoutes(field: string, names: readonly string[]): void {
  const unknown = names.find((name) => !routeNames().includes(name));
  if (unknown !== undefined)
    refuse('unknown_route', `No route is named ${unknown}; GET /sandbox lists them.`, field);
}

function changeSettings(host: ControlHost, body: unknown): ControlAnswer {
  host.setSettings(parseBody(erpSettings, body));
  return json(host.stateSource().settings);
}

function resetAll(host: ControlHost): ControlAnswer {
  host.reset();
  return json({ reset: true });
}

function removeKey(host: ControlHost, { path }: ControlRequest): ControlAnswer {
  const keyId = keyIdOf(path);
  const { store } = host.erp();
  store.sql.exec('DELETE FROM keys WHERE key_id = ?', keyId);
  store.sql.exec('DELETE FROM tokens WHERE key_id = ?', keyId);
  return json({ keyId, removed: true });
}

/** The first API key of an owner: the next ones are issued to whoever holds one. */
function issueKey(host: ControlHost, { body }: ControlRequest): ControlAnswer {
  const { owner, ...wanted } = parseBody(firstKeyBody, body);
  return json(issueApiKey(host.erp(), { keyId: owner, scopes: ERP_AREAS }, wanted));
}

const firstKeyBody = issueBody.extend({ owner: z.string().max(200).default('relay') });

const keyIdOf = (path: string): string => decodeURIComponent(path.slice('/sandbox/keys/'.length));

function objectOf(body: unknown): object {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? body
    : refuse('malformed_json', 'Send a JSON object.');
}
