// Requests with several events and requests whose body does not hold the entity: what their sender is told, what becomes of
// each event, and what the sender's API is asked.
import { describe, expect, it } from 'vitest';
import { limits } from '../../src/core/limits.ts';
import { err, ok } from '../../src/core/result.ts';
import { type Arrival, arrivals, signedArrivals, signedNotice } from '../support/batch-senders.ts';
import { type ApiAnswer, createIntakeRelay } from '../support/intake-relay.ts';

const order = (id: string) => ({ id, total: '10.00', customer: 'ada' });
const orders = (path: string): ApiAnswer => ok(order(path.split('/').at(-1) ?? ''));
const away: ApiAnswer = err({ reason: 'unavailable', message: 'the API answered 503' });

async function received(answer: Promise<unknown>) {
  const given = await answer;
  expect(given).toMatchObject({ kind: 'received' });
  return given as { readonly intake: string; readonly events: readonly { id: string; status: string }[] };
}

describe('a request with several events', () => {
  it('is answered after one call, however many events it holds', async () => {
    const relay = createIntakeRelay(orders);
    const { intake, events } = await received(relay.post('dock', signedArrivals(arrivals(50))));
    expect(relay.callCount()).toBe(1);
    expect(intake).toMatch(/^int_\d_[0-9a-f]{32}$/);
    expect(events).toHaveLength(50);
    expect(events[3]).toEqual({ id: `${intake}.3`, status: 'received' });
    expect(relay.log.filter(({ event }) => event === 'intake.received')).toMatchObject([
      { intake, itemCount: 50, rejectedCount: 0, isDuplicate: false },
    ]);
  });

  it('becomes an event for each of its items, planned and with the item as its body', async () => {
    const relay = createIntakeRelay(orders);
    const { intake } = await received(relay.post('dock', signedArrivals(arrivals(3))));
    relay.fanOut();
    const records = relay.world.records();
    expect(records.map(({ event }) => event.orderingKey).sort()).toEqual([
      'receipt/R-0',
      'receipt/R-1',
      'receipt/R-2',
    ]);
    expect(records.map(({ deliveries }) => deliveries.map(({ routeId }) => routeId))).toEqual([
      ['intakes.receive'],
      ['intakes.receive'],
      ['intakes.receive'],
    ]);
    const [record] = records;
    if (record === undefined) throw new Error('nothing was claimed');
    const body = relay.world.benches.map(({ rows }) => rows.readPayload(record.event)?.body).find(Boolean);
    const arrival = JSON.parse(new TextDecoder().decode(body)) as Arrival;
    expect(arrival.event_id).toBe(record.event.eventId);
    expect(relay.world.view(intake).finishedAt).not.toBeNull();
  });

  it('sent again is answered with the same ids, as a duplicate', async () => {
    const relay = createIntakeRelay(orders);
    const first = await received(relay.post('dock', signedArrivals(arrivals(3))));
    const again = await received(relay.post('dock', signedArrivals(arrivals(3))));
    expect(again.intake).toBe(first.intake);
    expect(again.events.map(({ status }) => status)).toEqual(['duplicate', 'duplicate', 'duplicate']);
  });

  it('of 50 items with 10 old ones gives 40 new events', async () => {
    const relay = createIntakeRelay(orders);
    await received(relay.post('dock', signedArrivals(arrivals(10))));
    relay.fanOut();
    const { intake } = await received(relay.post('dock', signedArrivals(arrivals(50))));
    relay.fanOut();
    const statuses = relay.world.statuses(intake);
    expect(statuses.filter((status) => status === 'accepted')).toHaveLength(40);
    expect(statuses.filter((status) => status === 'duplicate')).toHaveLength(10);
    expect(relay.world.records()).toHaveLength(50);
  });

  it('says which item cannot be read, keeps it, and goes on with the others', async () => {
    const relay = createIntakeRelay(orders);
    const [one, two] = arrivals(2);
    const { intake, events } = await received(
      relay.post('dock', signedArrivals([one, { receipt: 'no id' }, two])),
    );
    expect(events.map(({ status }) => status)).toEqual(['received', 'rejected', 'received']);
    relay.fanOut();
    expect(relay.world.statuses(intake)).toEqual(['accepted', 'rejected', 'accepted']);
    expect(relay.world.view(intake).items[1]?.state).toMatchObject({
      problem: { reason: 'missing_field', field: 'body $[1].event_id' },
    });
    expect(relay.world.reported).toEqual([`${intake}.1`]);
  });

  it('that holds one is claimed directly, with the item as its body', async () => {
    const relay = createIntakeRelay(orders);
    expect(await relay.post('dock', signedArrivals(arrivals(1)))).toMatchObject({
      kind: 'accepted',
      events: [{ status: 'accepted' }],
    });
    const [record] = relay.world.records();
    if (record === undefined) throw new Error('nothing was claimed');
    const body = relay.world.benches.map(({ rows }) => rows.readPayload(record.event)?.body).find(Boolean);
    expect(JSON.parse(new TextDecoder().decode(body))).toEqual(arrivals(1)[0]);
  });

  it('that holds none is accepted and is nothing', async () => {
    const relay = createIntakeRelay(orders);
    expect(await relay.post('dock', signedArrivals([]))).toEqual({ kind: 'accepted', events: [] });
    expect(relay.callCount()).toBe(0);
  });

  it('that holds too many, or is no list, is refused whole', async () => {
    const relay = createIntakeRelay(orders);
    expect(await relay.post('dock', signedArrivals(arrivals(limits.maxBatchItems + 1)))).toMatchObject({
      kind: 'unparsable',
      reason: 'too_many_items',
    });
    expect(await relay.post('dock', signedArrivals({ a: 1 } as never))).toMatchObject({
      kind: 'unparsable',
      field: 'body $',
    });
  });

  it('is not accepted while its sequencer is away', async () => {
    const relay = createIntakeRelay(orders);
    for (const partition of [0, 1, 2]) relay.down.add(partition);
    expect(await relay.post('dock', signedArrivals(arrivals(3)))).toMatchObject({
      kind: 'unavailable',
      reason: 'sequencer_unreachable',
    });
  });
});

const notice = (orderId: string, changes: { notice?: string; revision?: number } = {}) =>
  signedNotice({ notice: `n-${orderId}`, order_id: orderId, revision: 1, ...changes });

describe('a request whose body does not hold the entity', () => {
  it('is answered after one call, and its record is fetched afterwards', async () => {
    const relay = createIntakeRelay(orders);
    const { intake, events } = await received(relay.post('thin-shop', notice('7')));
    expect(events).toEqual([{ id: `${intake}.0`, status: 'received' }]);
    expect([relay.callCount(), relay.paths]).toEqual([1, []]);
    await relay.enrich();
    relay.fanOut();
    expect(relay.paths).toEqual(['/orders/7']);
    expect(relay.world.statuses(intake)).toEqual(['accepted']);
    expect(relay.world.records()).toMatchObject([
      {
        event: { eventId: 'n-7', orderingKey: 'order/7', sequence: 1 },
        deliveries: [{ routeId: 'intakes.confirm', operationKey: 'order/7/erp/sale.confirm' }],
      },
    ]);
  });

  it('is fetched again after a failure, and waits in between', async () => {
    let answer: ApiAnswer = away;
    const relay = createIntakeRelay(() => answer);
    const { intake } = await received(relay.post('thin-shop', notice('7')));
    await relay.enrich();
    await relay.enrich();
    expect(relay.paths).toHaveLength(1);
    expect(relay.log.filter(({ event }) => event === 'intake_item.not_enriched')).toMatchObject([
      { item: `${intake}.0`, reason: 'unavailable', failureCount: 1 },
    ]);
    answer = ok(order('7'));
    relay.world.advance(limits.enrichBaseMs);
    await relay.enrich();
    relay.fanOut();
    expect(relay.world.statuses(intake)).toEqual(['accepted']);
  });

  it('asks once for two events about the same state of a record', async () => {
    const relay = createIntakeRelay(() => ok(order('7')));
    await received(relay.post('thin-shop', notice('7')));
    await received(relay.post('thin-shop', notice('7', { notice: 'n-other' })));
    await relay.enrich();
    await received(relay.post('thin-shop', notice('7', { notice: 'n-later' })));
    await relay.enrich();
    expect(relay.paths).toHaveLength(1);
    await received(relay.post('thin-shop', notice('7', { notice: 'n-newer', revision: 2 })));
    await relay.enrich();
    expect(relay.paths).toHaveLength(2);
    relay.world.advance(limits.cachedRecordMs);
    await received(relay.post('thin-shop', notice('7', { notice: 'n-last' })));
    await relay.enrich();
    expect(relay.paths).toHaveLength(3);
    relay.fanOut();
    expect(relay.world.records()).toHaveLength(5);
  });

  it('that fails to the end is a dead item, and one that throws or answers nothing fails too', async () => {
    const relay = createIntakeRelay(() => {
      throw new Error('no such field');
    });
    const { intake } = await received(relay.post('thin-shop', notice('7')));
    for (let failure = 0; failure < limits.maxEnrichFailures; failure += 1) {
      await relay.enrich();
      relay.world.advance(limits.enrichCapMs);
    }
    expect(relay.world.view(intake).items).toMatchObject([
      { state: { status: 'dead', reason: 'enrich_failed', message: 'no such field' } },
    ]);
  });

  it('whose record gives no entity becomes a rejected request', async () => {
    const relay = createIntakeRelay(() => ok({ total: '1.00' }));
    const { intake } = await received(relay.post('thin-shop', notice('7')));
    await relay.enrich();
    relay.fanOut();
    expect(relay.world.statuses(intake)).toEqual(['rejected']);
    expect(relay.world.view(intake).items[0]?.state).toMatchObject({
      problem: { field: 'entity id' },
    });
  });

  it('with a record too large for an event is a failure with its reason', async () => {
    const relay = createIntakeRelay(() => ok('x'.repeat(limits.maxEnrichAnswerBytes)));
    await received(relay.post('thin-shop', notice('7')));
    await relay.enrich();
    expect(relay.log.find(({ event }) => event === 'intake_item.not_enriched')).toMatchObject({
      reason: 'too_large',
    });
  });

  it('gives each of its events the trace it came in, also one whose record was fetched later', async () => {
    const relay = createIntakeRelay(orders);
    const traced = (signed: ReturnType<typeof signedNotice>) => ({
      ...signed,
      headers: { ...signed.headers, traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
    });
    await received(relay.post('dock', traced(signedArrivals(arrivals(2)))));
    const notice = signedNotice({ notice: 'n-1', order_id: '7', revision: 1 });
    await received(relay.post('thin-shop', traced(notice)));
    await relay.enrich();
    relay.fanOut();
    const traces = relay.world.records().map(({ event }) => event.trace);
    expect(traces).toHaveLength(3);
    for (const trace of traces) {
      expect(trace).toMatchObject({ traceId: '4bf92f3577b34da6a3ce929d0e0e4736', sampled: true });
      expect(trace?.spanId).not.toBe('00f067aa0ba902b7');
    }
  });
});
