// Every retry class of Business Central, as data: bodies of Microsoft's documentation → what they mean.
import { describe, expect, it } from 'vitest';
import { bcDialect } from '../../../src/erp/business-central/bc-errors.ts';
import { readRest } from '../../../src/erp/rest/read-rest.ts';
import { says } from '../rest/support/scripted-connection.ts';

const error = (code: string, message: string) => ({ error: { code, message } });

const cases = [
  {
    what: 'a value that is none of the options',
    status: 400,
    body: error(
      'Unknown',
      "'Invalid Type' is not an option. The existing options are: Inventory,Service,Non-Inventory  CorrelationId:  x.",
    ),
    means: { kind: 'rejected', code: 'invalid_input' },
  },
  {
    what: 'a record somebody changed meanwhile',
    status: 409,
    body: error('Request_EntityChanged', 'Another user has already changed the record.'),
    means: { kind: 'retryable', reason: 'conflict' },
  },
  {
    what: 'an etag that is old',
    status: 412,
    body: error('BadRequest_InvalidToken', 'The If-Match header does not match'),
    means: { kind: 'retryable', reason: 'conflict' },
  },
  {
    what: 'a locked table',
    status: 400,
    body: error(
      'Application_DialogException',
      'The operation could not complete because a record in the table was locked by another user.',
    ),
    means: { kind: 'retryable', reason: 'conflict' },
  },
  {
    what: 'a missing field',
    status: 400,
    body: error(
      'Application_FieldValidationException',
      'Customer Posting Group must have a value in Customer: No.=C00690. It cannot be zero or empty.',
    ),
    means: {
      kind: 'rejected',
      code: 'missing_field',
      fieldErrors: [expect.objectContaining({ field: 'customer.customerId' })],
    },
  },
  {
    what: 'a sign that is wrong',
    status: 400,
    body: error('Application_DialogException', 'The "amount" should be a negative number.'),
    means: { kind: 'rejected', fieldErrors: [expect.objectContaining({ field: 'amount' })] },
  },
  {
    what: 'a closed period',
    status: 400,
    body: error(
      'Application_DialogException',
      'Posting Date is not within your range of allowed posting dates in Sales Header',
    ),
    means: { kind: 'rejected', code: 'period_closed' },
  },
  {
    what: 'a question to a person',
    status: 400,
    body: error('Application_CallbackNotAllowed', 'Callback functions are not allowed.'),
    means: { kind: 'rejected', code: 'confirmation_needed' },
  },
  {
    what: 'a key that is taken',
    status: 400,
    body: error('Internal_EntityWithSameKeyExists', 'The record already exists.'),
    means: { kind: 'rejected', code: 'already_exists' },
  },
  {
    what: 'a failure of the server',
    status: 500,
    body: error('Internal_ServerError', 'An error has occurred. Attempt the operation again.'),
    means: { kind: 'retryable', reason: 'server_error' },
  },
  {
    what: 'a tenant that is being moved',
    status: 400,
    body: error('Internal_TenantUnavailable', 'The tenant is not available.'),
    means: { kind: 'retryable', reason: 'erp_unavailable' },
  },
  {
    what: 'a token that is over',
    status: 401,
    body: error('Authentication_InvalidCredentials', 'The server has rejected the client credentials.'),
    means: { kind: 'call_failed', failure: expect.objectContaining({ kind: 'unauthorized' }) },
  },
  {
    what: 'a right that is missing',
    status: 403,
    body: error('Authorization_UserHasNoPermission', 'You do not have permission'),
    means: { kind: 'rejected', code: 'not_permitted' },
  },
  {
    what: 'too many requests',
    status: 429,
    body: error('Application_TooManyRequests', 'Too many requests'),
    means: { kind: 'retryable', reason: 'rate_limited' },
  },
  {
    what: 'eight minutes that were not enough',
    status: 408,
    body: error('Internal_RequestTimeout', 'timed out'),
    means: { kind: 'answer_lost' },
  },
  {
    what: 'ten minutes at the gateway',
    status: 504,
    body: 'Gateway Timeout',
    means: { kind: 'answer_lost' },
  },
  {
    what: 'a service that is down, with a time',
    status: 503,
    body: '',
    headers: { 'retry-after': '30' },
    means: { kind: 'retryable', reason: 'erp_unavailable', retryAfterMs: 30_000 },
  },
];

describe('Business Central answers', () => {
  it.each(cases)('$what', ({ status, body, headers = {}, means }) => {
    const fieldNames = { 'Customer Posting Group': 'customer.customerId' };
    expect(readRest(bcDialect, says(status, body, headers), { isWrite: true, fieldNames })).toMatchObject(
      means,
    );
  });
});
