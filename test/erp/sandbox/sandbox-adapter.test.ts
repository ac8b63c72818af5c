// What the sandbox adapter makes of the running sandbox ERP's refusals, silent failures and half-done work.
import { describe, expect, it } from 'vitest';
import { creditNote, customer, operationCases, payment, receipt, sale } from './support/operation-cases.ts';
import { useSandbox } from './support/use-sandbox.ts';

const harness = useSandbox();

describe('what the ERP refuses because it was done before', () => {
  const again = (name: string, input: unknown) => harness.run(name, input, 'another key').perform();

  it.each(
    operationCases.filter(({ name }) =>
      ['sale.cancel', 'payment.register', 'invoice.post', 'credit_note.issue'].includes(name),
    ),
  )('is a duplicate for $name, with the document that is there', async (operation) => {
    await (await harness.prepare(operation)).perform();
    expect(await again(operation.name, operation.input)).toMatchObject({ kind: 'duplicate' });
    await harness.expectDoneOnce(operation);
  });

  it('is a duplicate for a receipt whose purchase order expects no more', async () => {
    await harness.run('stock.receive', receipt).perform();
    expect(await again('stock.receive', receipt)).toMatchObject({ kind: 'duplicate' });
    const other = { ...receipt, receiptId: 'asn-78' };
    expect(await again('stock.receive', other)).toMatchObject({ kind: 'rejected', code: 'over_receipt' });
  });

  it('stays a refusal where it was not', async () => {
    await harness.run('sale.confirm', sale).perform();
    await harness.run('payment.register', payment).perform();
    const second = { ...payment, paymentId: 'pi_2' };
    expect(await again('payment.register', second)).toMatchObject({
      kind: 'rejected',
      code: 'nothing_left_to_pay',
    });
    await harness.run('invoice.post', { orderId: '1001' }).perform();
    expect(await again('sale.cancel', { orderId: '1001' })).toMatchObject({
      kind: 'rejected',
      code: 'order_invoiced',
    });
    const tooMuch = { ...creditNote, amount: '30.00' };
    expect(await again('credit_note.issue', tooMuch)).toMatchObject({
      kind: 'rejected',
      code: 'credit_exceeds_invoice',
    });
  });

  it('shows another amount as a state that is not the promised one', async () => {
    await harness.run('sale.confirm', sale).perform();
    await harness.run('payment.register', payment).perform();
    const differences = [{ field: 'amount', expected: '20.00', actual: '29.35' }];
    expect(await again('payment.register', { ...payment, amount: '20.00' })).toMatchObject({
      kind: 'state_mismatch',
      differences,
    });
  });
});

describe('a refusal', () => {
  it('names the fields of the input', async () => {
    await harness.sandbox.setFaults({ invalidSkus: ['SKU-2'] });
    expect(await harness.run('sale.confirm', sale).perform()).toMatchObject({
      ...{ kind: 'rejected', code: 'invalid_record' },
      fieldErrors: [{ field: 'lines[1].sku', rule: 'The SKU SKU-2 cannot be used.' }],
    });
  });

  it('says which order is unknown', async () => {
    const fieldErrors = [{ field: 'orderId' }];
    for (const [name, input] of [
      ['sale.cancel', { orderId: '404' }],
      ['payment.register', { ...payment, orderId: '404' }],
      ['invoice.post', { orderId: '404' }],
      ['credit_note.issue', { ...creditNote, orderId: '404' }],
    ] as const) {
      expect(await harness.run(name, input).perform()).toMatchObject({
        kind: 'rejected',
        code: 'unknown_order',
        fieldErrors,
      });
    }
  });

  it('covers a closed period and a scope the key lacks', async () => {
    await harness.run('sale.confirm', sale).perform();
    await harness.sandbox.control('PATCH', '/settings', { closedThrough: '2026-11-20' });
    expect(await harness.run('payment.register', payment).perform()).toMatchObject({
      kind: 'rejected',
      code: 'period_closed',
    });
    await harness.sandbox.control('PUT', '/keys/narrow', { secret: 'narrow-secret', scopes: ['stock'] });
    harness.connect({ credential: { keyId: 'narrow', secret: 'narrow-secret' } });
    expect(await harness.run('sale.confirm', sale).perform()).toMatchObject({
      kind: 'rejected',
      code: 'scope_missing',
    });
  });

  it.each([
    ['stock.set', { sku: '..', quantity: 1 }, 'sku'],
    ['customer.upsert', { ...customer, customerId: '.' }, 'customerId'],
  ])('of %s keeps an id that would change the path from being sent', async (name, input, field) => {
    expect(await harness.run(name, input).perform()).toMatchObject({
      kind: 'rejected',
      fieldErrors: [{ field }],
    });
    expect(harness.erp.writeCount()).toBe(0);
  });

  it('does not come for ids with signs that a path or a query knows', async () => {
    const odd = 'a/b?c=d&e#f%20 ü';
    expect(await harness.run('stock.set', { sku: odd, quantity: 3 }).perform()).toMatchObject({
      kind: 'succeeded',
    });
    expect(await harness.run('customer.upsert', { ...customer, customerId: odd }).perform()).toMatchObject({
      kind: 'succeeded',
    });
    expect(await harness.run('sale.confirm', { ...sale, orderId: odd }).perform()).toMatchObject({
      kind: 'succeeded',
    });
    expect(await harness.run('sale.cancel', { orderId: odd }).perform()).toMatchObject({ kind: 'succeeded' });
  });
});

describe('a success without effect', () => {
  it('of a new document leaves it in doubt, and the look-up finds nothing', async () => {
    const work = harness.run('sale.confirm', sale);
    await harness.sandbox.setFaults({ noEffectRate: 1 });
    expect(await work.perform()).toMatchObject({ kind: 'answer_lost' });
    expect(await work.lookup()).toEqual({ kind: 'not_found' });
  });

  it('of a transition is told by the state that did not change', async () => {
    await harness.run('sale.confirm', sale).perform();
    await harness.sandbox.setFaults({ noEffectRate: 1 });
    const cancelled = [{ field: 'state', expected: 'cancelled', actual: 'confirmed' }];
    const mismatch = { kind: 'state_mismatch', differences: cancelled };
    expect(await harness.run('sale.cancel', { orderId: '1001' }).perform()).toMatchObject(mismatch);
    await harness.sandbox.setFaults({ noEffectRate: 1, only: ['POST /api/invoices/:documentId/post'] });
    const posted = [{ field: 'state', expected: 'posted', actual: 'draft' }];
    const invoice = harness.run('invoice.post', { orderId: '1001' });
    expect(await invoice.perform()).toMatchObject({ kind: 'state_mismatch', differences: posted });
  });
});

describe('invoice.post, of two writes', () => {
  it.each([{ errorRate: 1 }, { lostAnswerRate: 1 }])(
    'resumes its draft after %j between them',
    async (fault) => {
      await harness.run('sale.confirm', sale).perform();
      const work = harness.run('invoice.post', { orderId: '1001' });
      const route = 'errorRate' in fault ? 'POST /api/invoices/:documentId/post' : 'POST /api/invoices';
      await harness.sandbox.setFaults({ ...fault, only: [route] });
      await work.perform();
      await harness.sandbox.setFaults({});
      const found = await work.lookup();
      expect(found).toMatchObject({ kind: 'unfinished', answer: { state: 'draft' } });
      if (found.kind !== 'unfinished') return;
      expect(await work.perform(found.answer)).toMatchObject({ kind: 'succeeded' });
      expect((await harness.sandbox.state()).invoices).toMatchObject([{ state: 'posted' }]);
    },
  );

  it('takes a draft that was posted meanwhile for done', async () => {
    await harness.run('sale.confirm', sale).perform();
    const work = harness.run('invoice.post', { orderId: '1001' });
    await harness.sandbox.setFaults({ lostAnswerRate: 1, only: ['POST /api/invoices'] });
    await work.perform();
    await harness.sandbox.setFaults({});
    const draft = await work.lookup();
    if (draft.kind !== 'unfinished') throw new Error('no draft was left');
    await work.perform(draft.answer);
    expect(await work.perform(draft.answer)).toMatchObject({ kind: 'duplicate' });
  });

  it('breaks the contract where the draft shows no id, and leaves no second draft', async () => {
    await harness.run('sale.confirm', sale).perform();
    const work = harness.run('invoice.post', { orderId: '1001' });
    await harness.sandbox.setFaults({ renamedField: { documentId: 'docId' } });
    const issues = [{ path: '$.documentId', expected: 'string', actual: 'missing' }];
    expect(await work.perform()).toEqual({ kind: 'contract_broken', issues });
    await harness.sandbox.setFaults({ renamedField: { items: 'rows' } });
    expect(await work.lookup()).toMatchObject({ kind: 'contract_broken', issues: [{ path: '$.items' }] });
    await harness.sandbox.setFaults({});
    expect(await work.lookup()).toMatchObject({ kind: 'unfinished' });
  });
});

describe('customer.upsert', () => {
  it('that a later one replaced is still known to have been done', async () => {
    const first = harness.run('customer.upsert', customer, 'v1');
    await first.perform();
    await harness.run('customer.upsert', { ...customer, name: 'Rear Admiral Hopper' }, 'v2').perform();
    expect(await first.lookupAndVerify()).toMatchObject({
      kind: 'duplicate',
      document: { name: 'Grace Hopper' },
    });
    expect(await harness.run('customer.upsert', customer, 'v0').lookup()).toEqual({ kind: 'not_found' });
  });
});
