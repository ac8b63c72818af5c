// How the sandbox adapter reads an answer: from the status and the body together.
import { describe, expect, it } from 'vitest';
import type { ErpResponse } from '../../../src/core/erp.ts';
import { readAnswer } from '../../../src/erp/sandbox/read-answer.ts';

const response = (status: number, text: string, headers: Record<string, string> = {}): ErpResponse => {
  let json: ErpResponse['json'];
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { kind: 'response', status, headers, json, text };
};

const error = (code: string) => JSON.stringify({ error: { code, message: 'no' } });

describe('an answer to a write', () => {
  it.each([
    ['a document', response(200, '{"documentId":"x"}'), { kind: 'answer', json: { documentId: 'x' } }],
    ['an error in a 200', response(200, error('period_closed')), { kind: 'rejected', code: 'period_closed' }],
    ['an ended session in a 200', response(200, error('session_expired')), { kind: 'call_failed' }],
    ['half a document', response(200, '{"documentId":"x'), { kind: 'answer_lost' }],
    ['a redirect', response(302, ''), { kind: 'answer_lost' }],
    ['a gateway page', response(502, '<html>'), { kind: 'answer_lost' }],
    ['a request time-out', response(408, ''), { kind: 'answer_lost' }],
    ['an earlier request under way', response(409, error('request_in_progress')), { kind: 'answer_lost' }],
    [
      'a failed transaction',
      response(500, error('server_error')),
      { kind: 'retryable', reason: 'server_error' },
    ],
    ['an ERP that is down', response(503, '<html>'), { kind: 'retryable', reason: 'erp_unavailable' }],
    ['a broken body', response(422, error('validation_failed')), { kind: 'rejected', code: 'invalid_input' }],
    ['a page of somebody else', response(404, '<html>'), { kind: 'contract_broken' }],
  ])('that is %s', (_what, answer, expected) => {
    expect(readAnswer(answer, true)).toMatchObject(expected);
  });
});

describe('an answer to a read', () => {
  it('is never doubt: a read did nothing', () => {
    for (const lost of [response(504, ''), response(200, '{"it'), response(302, '')]) {
      expect(readAnswer(lost, false)).toMatchObject({ kind: 'retryable', reason: 'erp_unavailable' });
    }
  });
});

describe('Retry-After', () => {
  it('is taken in seconds, and only where it is a number', () => {
    expect(readAnswer(response(429, '', { 'retry-after': '3' }), true)).toMatchObject({
      retryAfterMs: 3_000,
    });
    for (const value of ['soon', '-1', '']) {
      const read = readAnswer(response(429, '', value === '' ? {} : { 'retry-after': value }), true);
      expect(read).not.toHaveProperty('retryAfterMs');
    }
  });
});

describe('a refusal', () => {
  it('keeps the fields it names and their rules', () => {
    const fields = [{ field: 'lines[0].sku', message: 'unknown' }, { field: 7 }, 'x', { field: 'total' }];
    const body = JSON.stringify({ error: { code: 'unknown_sku', message: 'no', fields } });
    expect(readAnswer(response(422, body), true)).toMatchObject({
      fieldErrors: [
        { field: 'lines[0].sku', rule: 'unknown' },
        { field: 'total', rule: 'is refused by the ERP' },
      ],
    });
  });
});
