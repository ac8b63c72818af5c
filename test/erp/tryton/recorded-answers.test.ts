// Every kind of answer that Tryton was made to give, and what the relay makes of it: each retry class of its table.

import { describe, expect, it } from 'vitest';
import { errorRules, toFailure } from '../../../src/erp/tryton/error-rules.ts';
import { readAnswer } from '../../../src/erp/tryton/read-answer.ts';
import { recordedAnswers, toResponse } from './support/recorded.ts';

const rejected = (code: string, field?: string) => ({
  kind: 'rejected',
  code,
  ...(field === undefined ? {} : { fieldErrors: [{ field }] }),
});

/** By the name of the recorded answer, to a write. */
const meaning: Readonly<Record<string, object>> = {
  'a missing mandatory field': rejected('invalid_input', 'customer.customerId'),
  'a code that is taken': rejected('already_exists'),
  'too many decimals': rejected('invalid_input', 'quantity'),
  'changed meanwhile': { kind: 'retryable', reason: 'conflict' },
  'a locked database': { kind: 'retryable', reason: 'conflict' },
  'a model that is not there': rejected('module_disabled'),
  'a field that is not there': { kind: 'contract_broken', issues: [{ path: '$.error' }] },
  'a method that is not open': rejected('not_permitted'),
  'a record that is not there': rejected('not_permitted'),
  'a button one may not press': rejected('not_permitted'),
  'a context that is missing': { kind: 'contract_broken', issues: [{ path: '$.error' }] },
  'a session that has ended': { kind: 'call_failed', failure: { kind: 'unauthorized' } },
  'JSON that is none': { kind: 'answer_lost' },
  'a warning': { kind: 'warning', warning: { key: expect.stringMatching(/\.done$/) } },
  'a closed period': rejected('period_closed'),
  'already done': { kind: 'result', value: null },
  'a wrong password': { kind: 'call_failed', failure: { kind: 'unauthorized' } },
  'a locked user': { kind: 'retryable', reason: 'rate_limited' },
};

describe('what Tryton answered', () => {
  it('is all judged here', () => {
    expect(recordedAnswers.map(({ name }) => name).sort()).toEqual(Object.keys(meaning).sort());
  });

  it.each(recordedAnswers)('to $method: $name', (answer) => {
    expect(readAnswer(toResponse(answer), true)).toMatchObject(meaning[answer.name] ?? {});
  });
});

describe('an answer that is lost', () => {
  it.each([500, 502, 504])('with %i is doubt after a write, and tried again after a read', (status) => {
    const response = toResponse({ status, text: '<html>' });
    expect(readAnswer(response, true).kind).toBe('answer_lost');
    expect(readAnswer(response, false)).toMatchObject({ kind: 'retryable', reason: 'erp_unavailable' });
  });

  it('in half a body is doubt after a write', () => {
    expect(readAnswer(toResponse({ status: 200, text: '{"id":1,"res' }), true).kind).toBe('answer_lost');
  });

  it('because the server was shutting down is tried again when a gateway says when', () => {
    const response = { ...toResponse({ status: 503, text: '' }), headers: { 'retry-after': '7' } };
    expect(readAnswer(response, true)).toMatchObject({ reason: 'erp_unavailable', retryAfterMs: 7_000 });
  });
});

describe('errors of other databases and versions', () => {
  it.each([
    ['could not serialize access due to concurrent update', '', 'conflict'],
    ['deadlock detected\nDETAIL:  Process 7 waits', '', 'conflict'],
    ['could not obtain lock on row in relation "sale_sale"', '', 'conflict'],
    ['server closed the connection unexpectedly', '', 'erp_unavailable'],
    ['FATAL:  the database system is shutting down', '', 'erp_unavailable'],
    ["'NoneType' object has no attribute 'id'", '', 'server_error'],
  ])('%s is tried again', (name, text, reason) => {
    expect(toFailure({ name, text })).toMatchObject({ kind: 'retryable', reason });
  });

  it.each([
    ['You cannot add/modify/delete lines on closed journal-period "Cash - 2026-11".', 'period_closed'],
    [
      'To number the invoice "[1]", you must set an accounting date after "11/23/2026"',
      'date_before_last_invoice',
    ],
    ['To close period "2026-01", you must post the moves "12".', 'unposted_documents'],
    ['Something only a person understands.', 'refused_by_erp'],
  ])('%s is final', (text, code) => {
    expect(toFailure({ name: 'UserError', text })).toMatchObject({ kind: 'rejected', code, message: text });
  });

  it('never carry a traceback on', () => {
    const text = '{"id":1,"error":["boom","Traceback (most recent call last): secret"]}';
    expect(JSON.stringify(readAnswer(toResponse({ status: 200, text }), true))).not.toContain('Traceback');
  });

  it('are told apart by rules that each have a name of their own', () => {
    const ids = errorRules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
