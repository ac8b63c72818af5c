// Every retry class of ERPNext, as data: bodies of its documentation and of published recordings → what they mean.
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/core/json.ts';
import { erpnextDialect } from '../../../src/erp/erpnext/erpnext-errors.ts';
import { readRest } from '../../../src/erp/rest/read-rest.ts';
import { says } from '../rest/support/scripted-connection.ts';

type Case = {
  readonly what: string;
  readonly status: number;
  readonly body: JsonValue;
  readonly means: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
};

const serverMessages = (message: string): string => JSON.stringify([JSON.stringify({ message })]);

const cases: readonly Case[] = [
  {
    what: 'a name that is taken',
    status: 409,
    body: {
      exc_type: 'DuplicateEntryError',
      message:
        "('Batch', 'BATCH-AABB-01', IntegrityError(1062, \"Duplicate entry 'BATCH-AABB-01' for key 'PRIMARY'\"))",
    },
    means: { kind: 'rejected', code: 'already_exists' },
  },
  {
    what: 'a duplicate that some modules report as 417',
    status: 417,
    body: {
      exc_type: 'UniqueValidationError',
      _server_messages: serverMessages('holdfast_key must be unique'),
    },
    means: { kind: 'rejected', code: 'already_exists', message: 'holdfast_key must be unique' },
  },
  {
    what: 'a missing field, said in a message',
    status: 417,
    body: { exc_type: 'ValidationError', message: 'Target warehouse is mandatory for row 1' },
    means: {
      kind: 'rejected',
      code: 'missing_field',
      fieldErrors: [{ field: 'location', rule: 'Target warehouse is mandatory for row 1' }],
    },
  },
  {
    what: 'missing fields, said in the exception',
    status: 417,
    body: {
      exc_type: 'MandatoryError',
      exception:
        'frappe.exceptions.MandatoryError: [Sales Order, SAL-ORD-2026-00001]: delivery_date, customer',
    },
    means: {
      kind: 'rejected',
      code: 'missing_field',
      fieldErrors: [
        expect.objectContaining({ field: 'orderedAt' }),
        expect.objectContaining({ field: 'customer' }),
      ],
    },
  },
  {
    what: 'a missing field in HTML',
    status: 417,
    body: {
      exc_type: 'MandatoryError',
      _server_messages: serverMessages(
        'Error: Value missing for Sales Order: <strong>Delivery Date</strong>',
      ),
    },
    means: { kind: 'rejected', fieldErrors: [expect.objectContaining({ field: 'orderedAt' })] },
  },
  {
    what: 'a document that was changed meanwhile',
    status: 417,
    body: {
      exc_type: 'TimestampMismatchError',
      message: 'Document has been modified after you have opened it',
    },
    means: { kind: 'retryable', reason: 'conflict' },
  },
  {
    what: 'a deadlock',
    status: 500,
    body: { exc_type: 'QueryDeadlockError', exception: '(1213, "Deadlock found when trying to get lock")' },
    means: { kind: 'retryable', reason: 'conflict' },
  },
  {
    what: 'a lock that was waited for too long',
    status: 508,
    body: { exc_type: 'QueryTimeoutError' },
    means: { kind: 'retryable', reason: 'conflict' },
  },
  {
    what: 'an update of the site',
    status: 503,
    body: { exc_type: 'SessionStopped', message: 'Updating' },
    means: { kind: 'retryable', reason: 'erp_unavailable' },
  },
  {
    what: 'too much time used',
    status: 429,
    body: { exc_type: 'RateLimitExceededError' },
    headers: { 'retry-after': '12' },
    means: { kind: 'retryable', reason: 'rate_limited', retryAfterMs: 12_000 },
  },
  {
    what: 'a revoked key',
    status: 401,
    body: { exc_type: 'AuthenticationError', message: 'Authentication failed' },
    means: { kind: 'call_failed', failure: { kind: 'unauthorized', message: 'Authentication failed' } },
  },
  {
    what: 'a right that is missing',
    status: 403,
    body: { message: 'Not permitted' },
    means: { kind: 'rejected', code: 'not_permitted', message: 'Not permitted' },
  },
  {
    what: 'a link to nothing',
    status: 417,
    body: {
      exc_type: 'LinkValidationError',
      _server_messages: serverMessages('Could not find Customer: Ada'),
    },
    means: {
      kind: 'rejected',
      code: 'unknown_reference',
      fieldErrors: [expect.objectContaining({ field: 'customer' })],
    },
  },
  {
    what: 'a record that is not there',
    status: 404,
    body: { exc_type: 'DoesNotExistError', message: 'Sales Order SO-1 not found' },
    means: { kind: 'rejected', code: 'not_found' },
  },
  {
    what: 'a closed period',
    status: 417,
    body: {
      exc_type: 'ClosedAccountingPeriod',
      message: 'You cannot create a Sales Invoice within the closed Accounting Period',
    },
    means: { kind: 'rejected', code: 'period_closed' },
  },
  {
    what: 'the envelope of version 2',
    status: 417,
    body: { errors: [{ type: 'TimestampMismatchError', message: 'changed' }] },
    means: { kind: 'retryable', reason: 'conflict' },
  },
  { what: 'a gateway', status: 502, body: '<html>', means: { kind: 'answer_lost' } },
  { what: 'another server', status: 404, body: 'nginx', means: { kind: 'contract_broken' } },
];

describe('ERPNext answers', () => {
  it.each(cases)('$what', ({ status, body, headers = {}, means }) => {
    const reading = {
      isWrite: true,
      fieldNames: { delivery_date: 'orderedAt', target_warehouse: 'location' },
    };
    expect(readRest(erpnextDialect, says(status, body, headers), reading)).toMatchObject(means);
  });

  it('no HTML and no list of lists as a message', () => {
    const answer = says(417, {
      exc_type: 'ValidationError',
      _server_messages: serverMessages('Row <b>1</b>:  no'),
    });
    expect(readRest(erpnextDialect, answer, { isWrite: true, fieldNames: {} })).toMatchObject({
      message: 'Row 1: no',
    });
  });
});
