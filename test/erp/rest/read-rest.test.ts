// What is common to the answers of REST ERPs: an empty body is an answer, half a one is doubt, and an unknown refusal is a
// broken contract.
import { describe, expect, it } from 'vitest';
import { type Dialect, readRest } from '../../../src/erp/rest/read-rest.ts';
import { digestOf, stampOf } from '../../../src/erp/rest/stamps.ts';
import { says, timedOut } from './support/scripted-connection.ts';

const dialect: Dialect = { rules: [], readError: () => null };
const write = { isWrite: true, fieldNames: {} };
const read = { isWrite: false, fieldNames: {} };

describe('an answer', () => {
  it('may have no body', () => {
    expect(readRest(dialect, says(204), write)).toMatchObject({ kind: 'answer', status: 204 });
  });

  it('that is cut off is lost after a write and tried again after a read', () => {
    const half = { ...says(200), text: '{"data":' };
    expect(readRest(dialect, half, write)).toMatchObject({ kind: 'answer_lost' });
    expect(readRest(dialect, half, read)).toMatchObject({ kind: 'retryable', reason: 'erp_unavailable' });
  });

  it('that never came is the failure of the call', () => {
    expect(readRest(dialect, timedOut, write)).toEqual({ kind: 'call_failed', failure: timedOut });
  });

  it.each([
    [401, 'call_failed'],
    [429, 'retryable'],
    [500, 'retryable'],
    [503, 'retryable'],
    [502, 'answer_lost'],
    [504, 'answer_lost'],
    [408, 'answer_lost'],
    [404, 'contract_broken'],
    [302, 'contract_broken'],
  ] as const)('of status %i in nobody’s form is %s', (status, kind) => {
    expect(readRest(dialect, says(status, { hello: 1 }), write).kind).toBe(kind);
  });

  it('says how long to wait', () => {
    const answer = says(429, {}, { 'retry-after': '7' });
    expect(readRest(dialect, answer, write)).toMatchObject({ retryAfterMs: 7_000 });
  });
});

describe('a stamp', () => {
  it('is the text itself where it fits, else always the same digest', () => {
    expect(stampOf('450789469', 20)).toBe('450789469');
    expect(stampOf('x'.repeat(36), 35)).toBe(digestOf('x'.repeat(36)));
    expect(digestOf('a')).toMatch(/^[0-9a-f]{20}$/);
  });
});
