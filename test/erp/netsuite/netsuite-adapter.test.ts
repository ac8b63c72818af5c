// The NetSuite adapter against an account in memory: records by external id, transforms that answer a 204, and jobs with an
// idempotency key.
import { exportPKCS8, generateKeyPair, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import type { ErpResponse } from '../../../src/core/erp.ts';
import { createNetsuiteAdapter } from '../../../src/erp/netsuite/netsuite-adapter.ts';
import { hostOf } from '../../../src/erp/netsuite/netsuite-session.ts';
import { bodyOf, says, scriptedConnection, timedOut } from '../rest/support/scripted-connection.ts';
import { runOperation } from '../sandbox/support/run-operation.ts';
import { invoice, refusal, sale, startAccount, startSold } from './support/fake-account.ts';

const options = { currencies: { EUR: '4' }, refundItem: 'REFUND', locations: { main: '1' } };
const adapter = createNetsuiteAdapter(options);
const asking = createNetsuiteAdapter({ ...options, respondAsync: true });

describe('sale.confirm on NetSuite', () => {
  it('whose answer was lost is one order, and asked again a duplicate that is not written over', async () => {
    const account = startAccount();
    const erp = scriptedConnection((request) => {
      const answer = account.answer(request);
      return request.write && request.path.includes('salesOrder') ? timedOut : answer;
    });
    const run = runOperation({ adapter, erp, name: 'sale.confirm', input: sale });
    expect(await run.perform()).toMatchObject({ kind: 'call_failed' });
    expect(await run.lookupAndVerify()).toMatchObject({
      kind: 'duplicate',
      document: { orderId: '450789469', currency: 'EUR', lines: [{ sku: 'SKU-1', quantity: 2 }] },
    });
    const writesBefore = erp.writes().length;
    expect(await run.perform()).toMatchObject({ kind: 'duplicate' });
    expect(erp.writes()).toHaveLength(writesBefore);
    expect([...account.records.keys()].filter((key) => key.startsWith('salesOrder/'))).toEqual([
      'salesOrder/eid:order-450789469',
    ]);
  });

  it('of an item that is not there is refused, naming the line', async () => {
    const erp = scriptedConnection(startAccount().answer);
    const lines = [{ lineId: '1', sku: "O'Neill", quantity: 2, unitPrice: '10.00' }];
    const ended = await runOperation({
      adapter,
      erp,
      name: 'sale.confirm',
      input: { ...sale, lines },
    }).perform();
    expect(ended).toMatchObject({ kind: 'rejected', fieldErrors: [{ field: 'lines[0].sku' }] });
    expect(erp.sent.map(bodyOf).map(({ q }) => q)).toContain(
      "SELECT id, itemid AS number FROM item WHERE itemid IN ('O''Neill')",
    );
    expect(erp.writes()).toEqual([]);
  });

  it('under too many calls is tried again', async () => {
    const account = startAccount();
    const erp = scriptedConnection((request) =>
      request.write
        ? says(429, refusal(429, 'CONCURRENCY_LIMIT_EXCEEDED', 'limit'))
        : account.answer(request),
    );
    expect(await runOperation({ adapter, erp, name: 'sale.confirm', input: sale }).perform()).toMatchObject({
      kind: 'retryable',
      reason: 'rate_limited',
    });
  });
});

describe('a transform on NetSuite', () => {
  it('makes one invoice: the second is refused by NetSuite and found by its external id', async () => {
    const account = await startSold();
    const run = runOperation({
      adapter,
      erp: scriptedConnection(account.answer),
      name: 'invoice.post',
      input: invoice,
    });
    expect(await run.perform()).toMatchObject({
      kind: 'succeeded',
      document: { state: 'posted', total: '20' },
    });
    expect(await run.perform()).toMatchObject({ kind: 'duplicate' });
  });

  it('pays an invoice, ships and credits an order', async () => {
    const account = await startSold();
    const erp = scriptedConnection(account.answer);
    await runOperation({ adapter, erp, name: 'invoice.post', input: invoice }, 'k/1').perform();
    const payment = {
      paymentId: 'pi_3N',
      orderId: '450789469',
      amount: '20.00',
      currency: 'EUR',
      paidAt: '2026-11-24T10:00:00Z',
    };
    expect(
      await runOperation({ adapter, erp, name: 'payment.register', input: payment }, 'k/2').perform(),
    ).toMatchObject({
      kind: 'succeeded',
      document: { paymentId: 'pi_3N', amount: '20', accountingDate: '2026-11-24' },
    });
    const shipment = {
      shipmentId: 's1',
      orderId: '450789469',
      lines: [{ lineId: '1', sku: 'SKU-1', quantity: 1 }],
      backorder: 'create',
    };
    expect(
      await runOperation({ adapter, erp, name: 'shipment.deliver', input: shipment }, 'k/3').perform(),
    ).toMatchObject({
      kind: 'succeeded',
      document: { state: 'done', lines: [{ sku: 'SKU-1', quantity: 1 }] },
    });
    const credit = { refundId: 'r1', orderId: '450789469', currency: 'EUR', amount: '5.00' };
    expect(
      await runOperation({ adapter, erp, name: 'credit_note.issue', input: credit }, 'k/4').perform(),
    ).toMatchObject({
      kind: 'succeeded',
      document: { refundId: 'r1', amount: '5', restocked: false },
    });
  });
});

describe('a job of NetSuite', () => {
  const job = '/services/rest/async/v1/job/123456';
  const input = invoice;

  it('is asked for with a key, followed, and its document found', async () => {
    const account = await startSold();
    const erp = scriptedConnection((request) => {
      if (request.path === job) return says(200, { completed: true, progress: 'succeeded' });
      const answer = account.answer(request);
      return request.write ? says(202, undefined, { location: `https://x${job}` }) : answer;
    });
    const run = runOperation({ adapter: asking, erp, name: 'invoice.post', input });
    expect(await run.perform()).toMatchObject({ kind: 'accepted', jobRef: '123456' });
    expect(erp.writes()[0]?.headers).toEqual({
      prefer: 'respond-async',
      'x-netsuite-idempotency-key': expect.stringMatching(/^[0-9a-f]{20}$/),
    });
    expect(await run.finish()).toMatchObject({ kind: 'succeeded' });
  });

  it('that was asked for before is the first one’s: 400 with its address', async () => {
    const account = await startSold();
    const body = refusal(
      400,
      'IDEMPOTENCY_ERROR',
      'A request with the same idempotency key is already submitted.',
    );
    const erp = scriptedConnection((request) =>
      request.write ? says(400, body, { location: job }) : account.answer(request),
    );
    const run = runOperation({ adapter: asking, erp, name: 'invoice.post', input });
    expect(await run.perform()).toMatchObject({ kind: 'accepted', jobRef: '123456' });
    const silent = scriptedConnection((request) =>
      request.write ? says(400, body) : account.answer(request),
    );
    expect(
      await runOperation({ adapter: asking, erp: silent, name: 'invoice.post', input }).perform(),
    ).toMatchObject({
      kind: 'answer_lost',
    });
  });

  it('that ended and made nothing says why', async () => {
    const account = await startSold();
    const link = { href: `https://x${job}/task/9` };
    const erp = scriptedConnection((request) => {
      if (request.path === job) return says(200, { completed: true, progress: 'failed' });
      if (request.path === `${job}/task`) return says(200, { items: [{ links: [link] }] });
      if (request.path === `${job}/task/9/result`) return says(400, refusal(400, 'INVALID_CONTENT', 'no'));
      return account.answer(request);
    });
    const poll = asking.operations['invoice.post']?.poll;
    const call = { input, key: 'k', idempotencyKey: 'k#h', erp };
    expect(await poll?.(call, '123456')).toMatchObject({ kind: 'rejected', code: 'invalid_input' });
  });

  it('that NetSuite has forgotten, or still works on, is said so', async () => {
    const poll = asking.operations['invoice.post']?.poll;
    const ask = (answer: ErpResponse) =>
      poll?.({ input, key: 'k', idempotencyKey: 'k#h', erp: scriptedConnection(() => answer) }, '1');
    expect(await ask(says(404, refusal(404, 'NONEXISTENT_ID', 'gone')))).toEqual({ kind: 'job_unknown' });
    expect(await ask(says(200, { completed: false, progress: '40%' }))).toMatchObject({
      kind: 'working',
      progress: 0.4,
    });
  });
});

describe('the session of NetSuite', () => {
  it('signs with PS256 for the account’s own token endpoint', async () => {
    const { publicKey, privateKey } = await generateKeyPair('PS256', { extractable: true });
    const erp = scriptedConnection(() => says(200, { access_token: 'a', expires_in: '3600' }));
    const credential = {
      accountId: '123456_SB1',
      clientId: 'c',
      keyId: 'k',
      privateKey: await exportPKCS8(privateKey),
    };
    const now = 1_800_000_000_000;
    expect((await adapter.session.login(erp, credential, now)).kind).toBe('logged_in');
    const { payload, protectedHeader } = await jwtVerify(
      erp.sent[0]?.form?.client_assertion ?? '',
      publicKey,
      {
        audience: 'https://123456-sb1.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token',
        issuer: 'c',
        currentDate: new Date(now),
      },
    );
    expect(protectedHeader).toMatchObject({ alg: 'PS256', kid: 'k' });
    expect(payload.scope).toBe('rest_webservices');
    expect(hostOf('evil.example/')).toBe('https://invalid.suitetalk.api.netsuite.com');
  });
});
