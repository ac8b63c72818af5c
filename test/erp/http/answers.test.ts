// What an answer means to the declarative adapter: the description's rows first, then what every HTTP API means by a status.
import { describe, expect, it } from 'vitest';
import type { ErpResponse } from '../../../src/core/erp.ts';
import type { JsonValue } from '../../../src/core/json.ts';
import { compileErrorPlaces, compileRows, createCompiler } from '../../../src/erp/http/compiler.ts';
import type { AnswerRow, ErrorPlaces } from '../../../src/erp/http/description.ts';
import { readHttpAnswer } from '../../../src/erp/http/read-answer.ts';

type Rules = { rows?: AnswerRow[]; error?: ErrorPlaces; fields?: Record<string, string> };

function read(
  {
    status,
    body,
    headers = {},
  }: { status: number; body?: JsonValue | string; headers?: Record<string, string> },
  { rows, error, fields = {} }: Rules = {},
  isWrite = true,
) {
  const compiler = createCompiler();
  const rules = {
    rows: compileRows(compiler, rows, 'answers'),
    error: compileErrorPlaces(compiler, error, 'error'),
    fields: Object.entries(fields),
  };
  expect(compiler.problems).toEqual([]);
  const isText = typeof body === 'string';
  const text = body === undefined ? '' : isText ? body : JSON.stringify(body);
  const answer: ErpResponse = { kind: 'response', status, headers, json: isText ? undefined : body, text };
  return readHttpAnswer(answer, rules, isWrite);
}

const error: ErrorPlaces = { code: 'body.error.code', message: 'body.error.message' };
const failed = { error: { code: 'Credit_LimitExceeded', message: 'Too much.' } };

describe('without a row', () => {
  it.each([
    [{ status: 200, body: {} }, { kind: 'answer' }],
    [{ status: 204 }, { kind: 'answer' }],
    [{ status: 200, body: '{"half' }, { kind: 'answer_lost' }],
    [
      { status: 200, body: failed },
      { kind: 'rejected', code: 'credit_limit_exceeded', message: 'Too much.' },
    ],
    [
      { status: 422, body: failed },
      { kind: 'rejected', code: 'credit_limit_exceeded' },
    ],
    [{ status: 404, body: '<html>' }, { kind: 'contract_broken' }],
    [{ status: 302 }, { kind: 'contract_broken' }],
    [{ status: 401 }, { kind: 'call_failed', failure: { kind: 'unauthorized' } }],
    [{ status: 408 }, { kind: 'answer_lost' }],
    [{ status: 500, body: failed }, { kind: 'answer_lost' }],
    [{ status: 502 }, { kind: 'answer_lost' }],
    [{ status: 504 }, { kind: 'answer_lost' }],
    [{ status: 503 }, { kind: 'retryable', reason: 'erp_unavailable' }],
    [
      { status: 429, headers: { 'retry-after': '3' } },
      { kind: 'retryable', reason: 'rate_limited', retryAfterMs: 3_000 },
    ],
    [
      {
        status: 429,
        headers: { 'retry-after': 'Tue, 03 Mar 2026 10:00:09 GMT', date: 'Tue, 03 Mar 2026 10:00:00 GMT' },
      },
      { retryAfterMs: 9_000 },
    ],
  ])('a write answered with %j is %j', (answer, expected) => {
    expect(read(answer, { error })).toMatchObject(expected);
  });

  it('a read whose answer was lost has left no doubt', () => {
    expect(read({ status: 502 }, { error }, false)).toMatchObject({
      kind: 'retryable',
      reason: 'erp_unavailable',
    });
  });

  it('an API that names no error code is refused by its status', () => {
    expect(read({ status: 400, body: 'no' })).toMatchObject({ kind: 'rejected', code: 'http_400' });
  });
});

describe('a row', () => {
  const code = (equals: string) => [{ place: 'body.error.code', equals }];

  it.each<[AnswerRow, object]>([
    [
      { status: 422, is: 'done_before' },
      { kind: 'done_before', refusal: { code: 'credit_limit_exceeded' } },
    ],
    [
      { status: [409, 422], is: 'conflict' },
      { kind: 'retryable', reason: 'conflict' },
    ],
    [
      { when: code('Credit_LimitExceeded'), is: 'server_error' },
      { kind: 'retryable', reason: 'server_error' },
    ],
    [
      { status: 422, is: 'rejected', code: 'over_limit' },
      { kind: 'rejected', code: 'over_limit' },
    ],
    [{ status: 422, is: 'missing' }, { kind: 'missing' }],
    [
      { status: 422, is: 'module_disabled' },
      { kind: 'rejected', code: 'module_disabled' },
    ],
    [{ status: 422, is: 'success' }, { kind: 'answer' }],
    [
      { status: 422, is: 'unauthorized' },
      { kind: 'call_failed', failure: { kind: 'unauthorized' } },
    ],
    [{ when: [{ place: 'body.error.message', matches: '^Too' }], is: 'conflict' }, { reason: 'conflict' }],
    [{ when: [{ place: 'body.error.hint', exists: false }], is: 'conflict' }, { reason: 'conflict' }],
    [{ status: 400, is: 'conflict' }, { kind: 'rejected' }],
    [{ when: code('other'), is: 'conflict' }, { kind: 'rejected' }],
  ])('%j makes of a 422 %j', (row, expected) => {
    expect(read({ status: 422, body: failed }, { error, rows: [row] })).toMatchObject(expected);
  });

  it('before another decides', () => {
    const rows: AnswerRow[] = [
      { status: 422, is: 'conflict' },
      { status: 422, is: 'rejected' },
    ];
    expect(read({ status: 422, body: failed }, { rows })).toMatchObject({ reason: 'conflict' });
  });
});

describe('the fields of a refusal', () => {
  it('are those of the input, with their index', () => {
    const body = { error: { fields: [{ name: 'zeilen[3].artikel', text: 'unbekannt' }] } };
    const places = { fields: { list: 'body.error.fields', field: 'item.name', rule: 'item.text' } };
    expect(
      read({ status: 422, body }, { error: places, fields: { 'zeilen[].artikel': 'lines[].sku' } }),
    ).toMatchObject({ fieldErrors: [{ field: 'lines[3].sku', rule: 'unbekannt' }] });
  });

  it('may be a path as validators give it', () => {
    const body = { detail: [{ loc: ['body', 'lines', 1, 'sku'], msg: 'field required' }] };
    const places = { fields: { list: 'body.detail', field: 'item.loc', rule: 'item.msg' } };
    expect(read({ status: 422, body }, { error: places })).toMatchObject({
      fieldErrors: [{ field: 'lines[1].sku', rule: 'field required' }],
    });
  });

  it('may stand in the text alone', () => {
    const body = { message: 'A value is required for field "Party" in "Sale".' };
    const places = {
      message: 'body.message',
      field: { place: 'body.message', matches: 'required for field "([^"]+)"' },
    };
    expect(
      read({ status: 422, body }, { error: places, fields: { Party: 'customer.customerId' } }),
    ).toMatchObject({ fieldErrors: [{ field: 'customer.customerId', rule: body.message }] });
  });
});
