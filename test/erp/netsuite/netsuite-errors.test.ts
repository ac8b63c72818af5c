// Every retry class of NetSuite, as data: bodies of Oracle's documentation → what they mean.
import { describe, expect, it } from 'vitest';
import { netsuiteDialect } from '../../../src/erp/netsuite/netsuite-errors.ts';
import { readRest } from '../../../src/erp/rest/read-rest.ts';
import { says } from '../rest/support/scripted-connection.ts';

const error = (status: number, code: string, detail: string) => ({
  ...{ type: 'https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html', title: 'Bad Request', status },
  'o:errorDetails': [{ detail, 'o:errorCode': code }],
});

function withPath(body: ReturnType<typeof error>, path: string) {
  return {
    ...body,
    'o:errorDetails': body['o:errorDetails'].map((detail) => ({ ...detail, 'o:errorPath': path })),
  };
}

const invalid =
  'Error while accessing resource: You have entered an Invalid Field Value 9999 for the following field: item';

const cases = [
  {
    what: 'a value that is not there, with its path',
    body: withPath(error(400, 'INVALID_CONTENT', invalid), 'item.items[0].item'),
    means: {
      kind: 'rejected',
      code: 'invalid_input',
      fieldErrors: [expect.objectContaining({ field: 'lines' })],
    },
  },
  {
    what: 'the same without a path',
    body: error(400, 'INVALID_CONTENT', invalid),
    means: { kind: 'rejected', fieldErrors: [expect.objectContaining({ field: 'lines' })] },
  },
  {
    what: 'a missing field',
    body: error(400, 'USER_ERROR', 'Please enter value(s) for: Entity'),
    means: {
      kind: 'rejected',
      code: 'missing_field',
      fieldErrors: [expect.objectContaining({ field: 'customer.customerId' })],
    },
  },
  {
    what: 'a dead token',
    body: error(401, 'INVALID_LOGIN', 'Invalid login attempt. For more details, see the Login Audit Trail'),
    means: { kind: 'call_failed', failure: expect.objectContaining({ kind: 'unauthorized' }) },
  },
  {
    what: 'too many calls of the account, as 429',
    body: error(429, 'CONCURRENCY_LIMIT_EXCEEDED', 'Request limit exceeded'),
    means: { kind: 'retryable', reason: 'rate_limited' },
  },
  {
    what: 'too many calls of the account, as 400',
    body: error(400, 'SSS_REQUEST_LIMIT_EXCEEDED', 'Request limit exceeded'),
    means: { kind: 'retryable', reason: 'rate_limited' },
  },
  {
    what: 'a record somebody has changed',
    body: error(400, 'RCRD_HAS_BEEN_CHANGED', 'Record has been changed'),
    means: { kind: 'retryable', reason: 'conflict' },
  },
  {
    what: 'an external id that is taken',
    body: error(400, 'DUP_RCRD', 'This record already exists'),
    means: { kind: 'rejected', code: 'already_exists' },
  },
  {
    what: 'a key that was used',
    body: error(400, 'IDEMPOTENCY_ERROR', 'A request with the same idempotency key is already submitted.'),
    means: { kind: 'rejected', code: 'already_submitted' },
  },
  {
    what: 'a record that is not there',
    body: error(404, 'NONEXISTENT_ID', 'The record instance does not exist.'),
    means: { kind: 'rejected', code: 'not_found' },
  },
  {
    what: 'a right that is missing',
    body: error(403, 'INSUFFICIENT_PERMISSION', 'Permission Violation'),
    means: { kind: 'rejected', code: 'not_permitted' },
  },
  {
    what: 'a failure of the server',
    body: error(500, 'UNEXPECTED_ERROR', 'An unexpected error occurred. Error ID: x'),
    means: { kind: 'retryable', reason: 'server_error' },
  },
  {
    what: 'a closed period',
    body: error(400, 'USER_ERROR', 'The accounting period is closed'),
    means: { kind: 'rejected', code: 'period_closed' },
  },
];

describe('NetSuite answers', () => {
  it.each(cases)('$what', ({ body, means }) => {
    const fieldNames = { 'item.items.item': 'lines', item: 'lines', entity: 'customer.customerId' };
    expect(readRest(netsuiteDialect, says(body.status, body), { isWrite: true, fieldNames })).toMatchObject(
      means,
    );
  });

  it('fifteen minutes that were not enough are doubt', () => {
    expect(readRest(netsuiteDialect, says(504), { isWrite: true, fieldNames: {} })).toMatchObject({
      kind: 'answer_lost',
    });
  });
});
