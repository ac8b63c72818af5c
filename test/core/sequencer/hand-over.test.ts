// An ordering key goes over to the next generation: nothing is lost, nothing is done twice, and what was under way in the old
// one is in doubt in the new one until its lease has ended.

import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import { claimOf, outcomes, returnedOf, settlementOf } from '../../support/builders.ts';
import { createMemoryRows } from '../../support/memory-rows.ts';
import { benchConfig, benchLeaseMs, createBench } from '../../support/sequencer-bench.ts';

const key = 'order/1001';

function setUp() {
  const old = createBench();
  const next = createBench({ ...benchConfig, partition: 3, partitions: 8, generation: 2 });
  const claimNext = (eventId: string) =>
    next
      .core()
      .claimMany(
        [{ ...claimOf(eventId, { orderingKey: key }), partitions: 8, generation: 2 }],
        next.now(),
      )[0];
  const handOver = () => next.core().takeOver(key, old.core().giveAway(key, old.now()), next.now());
  const leaseNext = () => next.core().lease({ max: 10, leaseMs: benchLeaseMs }, next.now()).leased;
  return { old, next, claimNext, handOver, leaseNext };
}

describe('a key that is handed over', () => {
  it('keeps its event ids: the same webhook is a duplicate in the new generation', () => {
    const { old, claimNext, handOver } = setUp();
    old.core().claimMany([claimOf('a', { orderingKey: key })], old.now());
    handOver();
    expect(claimNext('a')).toMatchObject({ status: 'duplicate' });
    expect(claimNext('b')).toMatchObject({ status: 'accepted' });
  });

  it('keeps its open deliveries, their ids and their order, before what comes later', () => {
    const { old, claimNext, handOver, leaseNext, next } = setUp();
    old.core().claimMany([claimOf('a', { orderingKey: key }), claimOf('b', { orderingKey: key })], old.now());
    const ids = old
      .core()
      .listOpen({ filter: {}, cursor: null, limit: 9 }, old.now())
      .map((view) => view.delivery.id);
    handOver();
    claimNext('c');
    const [first] = leaseNext();
    expect(first?.event.eventId).toBe('a');
    expect(ids).toContain(first?.delivery.id);
    expect(next.core().stats(next.now()).open).toBe(3);
  });

  it('keeps its ledger: what was done is not done again', () => {
    const { old, handOver, leaseNext, next } = setUp();
    const plan = { operationKey: `${key}/erp/sale.confirm` };
    old.core().claimMany([claimOf('a', { orderingKey: key, plans: [plan] })], old.now());
    const [leased] = old.core().lease({ max: 1, leaseMs: benchLeaseMs }, old.now()).leased;
    if (leased === undefined) throw new Error('nothing was leased');
    const settlements = [settlementOf(leased, outcomes.succeeded())];
    old.core().settle({ settlements, max: 0, leaseMs: benchLeaseMs }, { now: old.now(), random: () => 0 });
    handOver();
    const again = { ...claimOf('b', { orderingKey: key, plans: [plan] }), partitions: 8, generation: 2 };
    next.core().claimMany([again], next.now());
    expect(leaseNext()[0]?.ledger).toMatchObject({ kind: 'succeeded' });
  });

  it('is refused by the old generation from then on, also after a restart', () => {
    const { old, handOver } = setUp();
    old.core().claimMany([claimOf('a', { orderingKey: key })], old.now());
    handOver();
    const claim = () => old.core().claimMany([claimOf('z', { orderingKey: key })], old.now())[0];
    expect(claim()).toMatchObject({ kind: 'refused', reason: 'moved' });
    old.restart();
    expect(claim()).toMatchObject({ kind: 'refused', reason: 'moved' });
    expect(old.core().stats(old.now())).toMatchObject({ open: 0, ready: 0 });
    expect(old.core().hasReady(old.now())).toBe(false);
  });

  it('is given again, the same, when the answer was lost, until the new generation says that it has it', () => {
    const { old } = setUp();
    old.core().claimMany([claimOf('a', { orderingKey: key })], old.now());
    const first = old.core().giveAway(key, old.now());
    old.restart();
    expect(old.core().giveAway(key, old.now())).toEqual(first);
    old.core().dropHandedOver(key, old.now());
    expect(old.core().giveAway(key, old.now())).toEqual([]);
  });

  it('calls nothing started that was leased and given back', () => {
    const { old, handOver, leaseNext } = setUp();
    const plans = [{ target: 'erp' }, { target: 'crm' }];
    old.claim('2', { orderingKey: key, sequence: 2, plans });
    const [erp, crm] = old.lease();
    old.settle(crm as NonNullable<typeof crm>, outcomes.succeeded());
    old.claim('1', { orderingKey: key, sequence: 1 });
    old.send([returnedOf(erp as NonNullable<typeof erp>)]);
    handOver();
    expect(leaseNext()[0]?.event.eventId).toBe('1');
  });

  it('is offered again, also after a restart, until the next generation has taken what is open', () => {
    const rows = createMemoryRows();
    const old = createBench({ ...benchConfig, newest: { generation: 2, partitions: 8 } }, rows);
    old.core().claimMany([claimOf('a', { orderingKey: key })], old.now());
    old.core().giveAway(key, old.now());
    expect(old.core().untakenKeys(old.now())).toEqual([]);
    expect(old.core().nextTickAt(old.now())).toBe(old.now() + limits.handOverOfferMs);
    old.advance(limits.handOverOfferMs);
    expect(old.core().untakenKeys(old.now())).toEqual([key]);
    expect(old.core().untakenKeys(old.now())).toEqual([]);
    old.restart();
    expect(old.core().untakenKeys(old.now())).toEqual([key]);
    old.core().dropHandedOver(key, old.now());
    expect(old.core().nextTickAt(old.now())).toBeNull();
    old.restart();
    expect(old.core().untakenKeys(old.now())).toEqual([]);
  });

  it('waits for what the old generation had leased, and looks up before it does it again', () => {
    const { old, next, handOver, leaseNext } = setUp();
    old.core().claimMany([claimOf('a', { orderingKey: key })], old.now());
    old.core().lease({ max: 1, leaseMs: benchLeaseMs }, old.now());
    handOver();
    expect(leaseNext()).toEqual([]);
    next.advance(benchLeaseMs);
    expect(leaseNext()[0]?.ledger).toEqual({ kind: 'possibly_done', since: old.now() + benchLeaseMs });
  });

  it('keeps closed what a late settle had ended while it was leased', () => {
    const { old, next, handOver, leaseNext } = setUp();
    const deliveryId = old.claimOne('a', { orderingKey: key });
    const first = old.leaseOne();
    old.expire();
    old.leaseOne();
    old.settle(first, outcomes.succeeded());
    handOver();
    expect(next.core().find(deliveryId, next.now())?.status).toBe('succeeded');
    expect(leaseNext()).toEqual([]);
  });

  it('takes a settle of the old generation as evidence', () => {
    const { old, next, handOver, leaseNext } = setUp();
    old.core().claimMany([claimOf('a', { orderingKey: key })], old.now());
    const [leased] = old.core().lease({ max: 1, leaseMs: benchLeaseMs }, old.now()).leased;
    if (leased === undefined) throw new Error('nothing was leased');
    handOver();
    expect(old.core().isMoved(key, old.now())).toBe(true);
    const settlements = [settlementOf(leased, outcomes.succeeded())];
    next.core().settle({ settlements, max: 0, leaseMs: 0 }, { now: next.now(), random: () => 0 });
    expect(next.core().find(leased.delivery.id, next.now())?.delivery.state).toMatchObject({
      status: 'succeeded',
      how: 'late_settle',
    });
    next.advance(benchLeaseMs);
    expect(leaseNext()).toEqual([]);
  });

  it('stands in the new generation whole or not at all, wherever that one crashes', () => {
    for (let write = 1; write < 12; write += 1) {
      const { old } = setUp();
      const rows = createMemoryRows();
      const next = createBench({ ...benchConfig, partition: 3, partitions: 8, generation: 2 }, rows);
      old
        .core()
        .claimMany([claimOf('a', { orderingKey: key }), claimOf('b', { orderingKey: key })], old.now());
      rows.crashNext({ at: 'after_write', write });
      const take = () => next.core().takeOver(key, old.core().giveAway(key, old.now()), next.now());
      try {
        take();
      } catch {
        expect(next.core().knowsKey(key, next.now())).toBe(false);
        take();
      }
      rows.crashNext(null);
      expect(next.core().stats(next.now()).open).toBe(2);
    }
  });
});
