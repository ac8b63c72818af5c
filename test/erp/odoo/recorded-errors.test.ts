// Contract with Odoo's refusals: every recorded body, over both APIs, means what the table says.
import { describe, expect, it } from 'vitest';
import type { ErpResponse } from '../../../src/core/erp.ts';
import { odooErrors } from '../../../src/erp/odoo/odoo-errors.ts';
import { isOdooExpired, readAction, readLoaded, readOdoo } from '../../../src/erp/odoo/read-odoo.ts';
import {
  backorderWizard,
  invalidKey,
  loadLost,
  type Meaning,
  overJson2,
  overJsonRpc,
  paymentAction,
  recordedErrors,
  sessionExpired,
  toResponse,
} from './support/recorded-bodies.ts';

const apis = ['json2', 'jsonrpc'] as const;
const fields = { partner_id: 'customer.customerId' };

const read = (answer: ErpResponse, api: (typeof apis)[number], isWrite = true) =>
  readOdoo(answer, { api, isWrite, fields });

function expected({ kind, reason, code, field }: Meaning): object {
  if (kind === 'unauthorized') return { kind: 'call_failed', failure: { kind: 'unauthorized' } };
  if (kind === 'retryable') return { kind, reason };
  const refusal = { kind: 'rejected', code, fieldErrors: field === undefined ? [] : [{ field }] };
  return kind === 'done_before' ? { kind, refusal } : refusal;
}

describe.each(apis)('over %s', (api) => {
  const body = api === 'json2' ? overJson2 : overJsonRpc;

  it.each(recordedErrors)('$name "$message" is read as $means.kind', (error) => {
    const answer = body(error);
    expect(read(answer, api)).toMatchObject(expected(error.means));
    expect(isOdooExpired(answer, api)).toBe(error.means.kind === 'unauthorized');
    expect(JSON.stringify(read(answer, api))).not.toContain('Traceback');
  });

  it('what a proxy answered is doubt for a write, and none for a read', () => {
    const gateway: ErpResponse = {
      kind: 'response',
      status: 502,
      headers: {},
      json: undefined,
      text: '<html>',
    };
    expect(read(gateway, api)).toMatchObject({ kind: 'answer_lost' });
    expect(read(gateway, api, false)).toMatchObject({ kind: 'retryable', reason: 'erp_unavailable' });
    const half: ErpResponse = { kind: 'response', status: 200, headers: {}, json: undefined, text: '{"jso' };
    expect(read(half, api)).toMatchObject({ kind: 'answer_lost' });
    const slow: ErpResponse = { ...gateway, status: 429, headers: { 'retry-after': '60' } };
    expect(read(slow, api)).toMatchObject({
      kind: 'retryable',
      reason: 'rate_limited',
      retryAfterMs: 60_000,
    });
  });
});

it('every row of the table is met by a recorded body, or is named by the documentation alone', () => {
  const documented = [
    'SessionExpiredException',
    'RedirectWarning',
    'Unauthorized',
    'TypeError',
    'NotFound',
    'UnprocessableEntity',
  ];
  const last = (name: string) => name.slice(name.lastIndexOf('.') + 1);
  const unmet = odooErrors.filter(
    ({ name, message = '' }) =>
      !recordedErrors.some((error) => last(error.name) === name && error.message.includes(message)),
  );
  expect(unmet.map(({ name }) => name).filter((name) => !documented.includes(name))).toEqual([]);
});

describe('an ended session or key', () => {
  it('is known in a 200, and in a 401', () => {
    expect(isOdooExpired(sessionExpired, 'jsonrpc')).toBe(true);
    expect(isOdooExpired(invalidKey, 'json2')).toBe(true);
    expect(read(invalidKey, 'json2')).toMatchObject({
      kind: 'call_failed',
      failure: { kind: 'unauthorized' },
    });
  });
});

describe('a success', () => {
  it('without a value has no result over JSON-RPC, and is one', () => {
    expect(read(toResponse(200, { jsonrpc: '2.0', id: 1 }), 'jsonrpc')).toEqual({
      kind: 'value',
      value: null,
    });
  });

  it('of load that says false was a race, or a refusal with its field', () => {
    expect(readLoaded(loadLost, {})).toMatchObject({ kind: 'retryable', reason: 'conflict' });
    const messages = [
      { type: 'error', field: 'partner_id', message: "No matching record found for database id '7'" },
    ];
    expect(readLoaded({ ids: false, messages }, fields)).toMatchObject({
      ...{ kind: 'rejected', code: 'invalid_input' },
      fieldErrors: [{ field: 'customer.customerId' }],
    });
    expect(readLoaded({ ids: [8], messages: [] }, {})).toEqual({ kind: 'loaded', ids: [8] });
    expect(readLoaded('8', {})).toMatchObject({ kind: 'contract_broken' });
  });

  it('of a button that opens a wizard has done nothing; one that shows a document has made it', () => {
    expect(readAction(backorderWizard)).toMatchObject({ kind: 'rejected', code: 'wizard_required' });
    expect(readAction(paymentAction(1))).toEqual({ kind: 'done', createdId: 1 });
    for (const value of [true, false, null]) expect(readAction(value)).toMatchObject({ kind: 'done' });
  });
});
