// Replays of one through the HTTP surface: plain, edited, dry; and every reason why not, as a problem.
import { describe, expect, it } from 'vitest';
import { operations } from '../../../src/operations/index.ts';
import { outcomes } from '../../support/builders.ts';
import { createMemoryRelay, type MemoryRelay } from '../../support/memory-relay.ts';

const input = {
  orderId: '1',
  customer: { customerId: '7', name: 'Grace' },
  currency: 'EUR',
  lines: [{ lineId: '1', sku: 'mug', quantity: 1, unitPrice: '10.00' }],
  total: '10.00',
};

function deadRelay() {
  const relay = createMemoryRelay();
  const [dead = ''] = relay.place({
    type: 'order.placed',
    data: { id: '1', total: '10.00' },
    eventId: 'event-1',
  });
  relay.run(() => outcomes.rejected());
  return { ...relay, dead };
}

async function send(relay: MemoryRelay, path: string, body: unknown) {
  const response = await relay.ask(path, body);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function show(relay: MemoryRelay, id: string) {
  return (await (await relay.ask(`/admin/deliveries/${id}`)).json()) as Record<string, unknown>;
}

describe('replaying one delivery', () => {
  it('makes a new delivery at its place, whose success closes the old one', async () => {
    const relay = deadRelay();

    const answer = await send(relay, `/admin/deliveries/${relay.dead}/replay`, {
      reason: 'the period is open again',
    });

    expect(answer).toEqual({
      status: 202,
      body: { deliveryId: expect.stringMatching(/^dlv_/), replayOf: relay.dead },
    });
    const deliveryId = String(answer.body.deliveryId);
    expect(await show(relay, deliveryId)).toMatchObject({
      status: 'pending',
      replay: {
        of: relay.dead,
        position: relay.dead,
        revision: 1,
        edited: false,
        reason: 'the period is open again',
        actor: 'admin_key',
      },
    });
    relay.run(() => outcomes.succeeded());
    expect(await show(relay, deliveryId)).toMatchObject({ status: 'succeeded' });
    expect(await show(relay, relay.dead)).toMatchObject({ status: 'resolved', resolvedBy: deliveryId });
    expect(relay.log.find(({ event }) => event === 'delivery.replayed')).toMatchObject({
      delivery: deliveryId,
      replayOf: relay.dead,
      edited: false,
    });
  });

  it('needs no body', async () => {
    const relay = deadRelay();
    const authorization = `Bearer ${relay.services.config.adminKey}`;
    const path = `/admin/deliveries/${relay.dead}/replay`;
    for (const headers of [{ authorization }, { authorization, 'content-type': 'application/json' }]) {
      const response = await relay.app.request(`${path}?dryRun=true`, { method: 'POST', headers });
      expect(response.status).toBe(200);
    }
  });

  it('runs an edited input', async () => {
    const relay = deadRelay();

    const { body } = await send(relay, `/admin/deliveries/${relay.dead}/replay`, {
      input,
      reason: 'name corrected',
    });

    expect(await show(relay, String(body.deliveryId))).toMatchObject({
      replay: { edited: true },
      editedInput: input,
    });
  });

  it('refuses an edited input that breaks a rule of the operation, field by field, and claims nothing', async () => {
    const relay = deadRelay();
    const broken = { ...input, totl: 1, lines: [{ ...input.lines[0], quantity: -1 }] };

    const { status, body } = await send(relay, `/admin/deliveries/${relay.dead}/replay`, { input: broken });

    expect([status, body.code]).toEqual([422, 'invalid_input']);
    const fields = (body.errors as { field: string }[]).map(({ field }) => field);
    expect(fields).toEqual(expect.arrayContaining(['lines[0].quantity', 'totl']));
    expect(await show(relay, relay.dead)).toMatchObject({ related: [] });
  });

  it('refuses an edit of a field that the operation key stands for', async () => {
    const relay = deadRelay();
    const { status, body } = await send(relay, `/admin/deliveries/${relay.dead}/replay`, {
      input: { ...input, orderId: '2' },
    });
    expect([status, body.code, body.errors]).toEqual([
      422,
      'key_field_edited',
      [{ field: 'orderId', rule: 'must stay "1"' }],
    ]);
  });

  it('is refused while a replay is open at the place', async () => {
    const relay = deadRelay();
    await send(relay, `/admin/deliveries/${relay.dead}/replay`, {});
    const { status, body } = await send(relay, `/admin/deliveries/${relay.dead}/replay`, {});
    expect([status, body.code]).toEqual([409, 'replay_open']);
  });

  it('is refused for what has not ended', async () => {
    const relay = createMemoryRelay();
    const [pending = ''] = relay.place({
      type: 'order.placed',
      data: { id: '1', total: '10.00' },
      eventId: 'e',
    });
    const { status, body } = await send(relay, `/admin/deliveries/${pending}/replay`, {});
    expect([status, body.code]).toEqual([409, 'not_finished']);
  });

  it('plans anew what could not be planned, once the route can', async () => {
    const relay = createMemoryRelay();
    const [unplanned = ''] = relay.place({
      type: 'order.paid',
      data: { id: '1', amount: '5.00' },
      eventId: 'e',
    });
    expect(await show(relay, unplanned)).toMatchObject({
      status: 'dead_lettered',
      reason: 'mapping_failed',
      operationKey: null,
    });

    const { status, body } = await send(relay, `/admin/deliveries/${unplanned}/replay`, {});
    expect([status, body.code]).toEqual([422, 'mapping_failed']);

    const mended = relay.definition.findRoute('shop.register-payment');
    const definition = {
      ...relay.definition,
      findRoute: () => ({ ...mended!, subject: () => 'payment-1', input: () => ({}) }),
    };
    const { app } = createMemoryRelay({ services: { ...relay.services, definition } });
    const headers = { authorization: `Bearer ${relay.services.config.adminKey}` };
    const response = await app.request(`/admin/deliveries/${unplanned}/replay`, { method: 'POST', headers });
    const { deliveryId } = (await response.json()) as { deliveryId: string };
    expect(await show(relay, deliveryId)).toMatchObject({
      operationKey: 'order/1/erp/payment.register/payment-1',
      status: 'pending',
    });
  });

  it('brings an archived delivery back with its body, and answers 409 once the body is gone', async () => {
    const relay = createMemoryRelay();
    const [done = ''] = relay.place({
      type: 'order.placed',
      data: { id: '1', total: '10.00' },
      eventId: 'e',
    });
    relay.run(() => outcomes.succeeded());
    await relay.ask('/admin/deliveries');

    expect((await send(relay, `/admin/deliveries/${done}/replay`, {})).status).toBe(202);

    const [other = ''] = relay.place({
      type: 'order.placed',
      data: { id: '2', total: '10.00' },
      eventId: 'f',
    });
    relay.run(() => outcomes.succeeded());
    await relay.ask('/admin/deliveries');
    relay.journal.forgetPayloads();
    const gone = await send(relay, `/admin/deliveries/${other}/replay`, {});
    expect([gone.status, gone.body.code]).toEqual([409, 'payload_removed']);
    relay.journal.state = 'away';
    const away = await send(relay, `/admin/deliveries/${other}/replay`, {});
    expect([away.status, away.body.code]).toEqual([503, 'journal_unavailable']);
  });

  it('works on a dead letter while the journal is away', async () => {
    const relay = deadRelay();
    relay.journal.state = 'away';
    expect((await send(relay, `/admin/deliveries/${relay.dead}/replay`, {})).status).toBe(202);
  });

  it('is forced only with a reason', async () => {
    const relay = deadRelay();
    const { status, body } = await send(relay, `/admin/deliveries/${relay.dead}/replay`, { force: true });
    expect([status, body.errors]).toEqual([
      400,
      [{ field: 'reason', rule: 'is required where force is true' }],
    ]);
  });

  it('is 404 for what there is not, and 409 for a route that was removed', async () => {
    const relay = deadRelay();
    expect((await send(relay, '/admin/deliveries/dlv_0_zzz/replay', {})).status).toBe(404);
    const definition = { ...relay.definition, findRoute: () => null };
    const { ask } = createMemoryRelay({ services: { ...relay.services, definition } });
    const response = await ask(`/admin/deliveries/${relay.dead}/replay`, {});
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
      409,
      'route_removed',
    ]);
  });
});

describe('a dry run', () => {
  it('shows what would run, and claims nothing', async () => {
    const relay = deadRelay();

    const { status, body } = await send(relay, `/admin/deliveries/${relay.dead}/replay?dryRun=true`, {});

    expect(status).toBe(200);
    expect(body).toMatchObject({
      dryRun: true,
      deliveryId: relay.dead,
      would: 'perform',
      route: 'shop.confirm-sale',
      target: 'erp',
      adapter: 'test-erp',
      operation: { name: 'sale.confirm', version: operations['sale.confirm'].version },
      operationKey: 'order/1/erp/sale.confirm',
      ledger: null,
      input: { ...input, customer: { customerId: '7', name: 'Ada' } },
      problem: null,
    });
    expect(await show(relay, relay.dead)).toMatchObject({ status: 'dead_lettered', related: [] });
  });

  it('shows an edited input, and that what was done would be answered as a duplicate', async () => {
    const relay = createMemoryRelay();
    const [done = ''] = relay.place({
      type: 'order.placed',
      data: { id: '1', total: '10.00' },
      eventId: 'e',
    });
    relay.run(() => outcomes.succeeded('SO-9'));

    const { body } = await send(relay, `/admin/deliveries/${done}/replay?dryRun`, { input });

    expect(body).toMatchObject({
      would: 'answer_duplicate',
      ledger: { effect: 'succeeded', document: { documentId: 'SO-9' } },
      input,
    });
  });

  it('knows what another delivery did under the same operation key', async () => {
    const relay = createMemoryRelay();
    const data = { id: '1', total: '10.00' };
    const [dead = ''] = relay.place({ type: 'order.placed', data, eventId: 'first' });
    relay.run(() => outcomes.rejected());
    await send(relay, `/admin/deliveries/${dead}/skip`, { note: 'comes again' });
    relay.place({ type: 'order.placed', data, eventId: 'again' });
    relay.run(() => outcomes.succeeded('SO-3'));
    await relay.ask('/admin/deliveries');

    const { body } = await send(relay, `/admin/deliveries/${dead}/replay?dryRun=true`, {});

    expect(body).toMatchObject({ would: 'answer_duplicate', ledger: { document: { documentId: 'SO-3' } } });
  });

  it('says that a newer input stands instead, and that force sets the state once more', async () => {
    const relay = createMemoryRelay();
    const count = (onHand: number, eventId: string) =>
      relay.place({ type: 'stock.counted', data: { sku: 'mug', onHand }, eventId })[0] ?? '';
    const older = count(3, 'older');
    relay.run(() => outcomes.succeeded('ST-1'));
    const newer = count(5, 'newer');
    relay.run(() => outcomes.succeeded('ST-2'));
    const path = `/admin/deliveries/${older}/replay?dryRun=true`;

    const plain = await send(relay, path, {});
    expect(plain.body).toMatchObject({ would: 'be_superseded', supersededBy: newer });
    const forced = await send(relay, path, { force: true, reason: 'the other shelf' });
    expect(forced.body).toMatchObject({ would: 'perform', supersededBy: null });
  });

  it('shows why the input of the mapping is not valid, and the input itself as the base of an edit', async () => {
    const relay = createMemoryRelay();
    const [dead = ''] = relay.place({ type: 'order.placed', data: { id: '1', total: 'ten' }, eventId: 'e' });
    relay.run(() => outcomes.rejected());

    const { status, body } = await send(relay, `/admin/deliveries/${dead}/replay?dryRun=true`, {});

    expect([status, body.would, body.inputHash]).toEqual([200, 'nothing', null]);
    expect(body.input).toMatchObject({ orderId: '1', total: 'ten' });
    expect(body.problem).toMatchObject({
      code: 'invalid_input',
      errors: expect.arrayContaining([expect.objectContaining({ field: 'total' })]),
    });
  });

  it('refuses the edit that a replay would refuse', async () => {
    const relay = deadRelay();
    const { status } = await send(relay, `/admin/deliveries/${relay.dead}/replay?dryRun=true`, { input: {} });
    expect(status).toBe(422);
    expect((await send(relay, `/admin/deliveries/${relay.dead}/replay?dryRun=maybe`, {})).status).toBe(400);
  });
});
