// A replay is a new delivery at the place of what it replays, at most one open per place, and it ends what it stands for.
import { describe, expect, it } from 'vitest';
import type { EventPayload } from '../../../src/core/event.ts';
import { afterType, claimOf, documentOf, outcomes, planOf } from '../../support/builders.ts';
import { makePayload } from '../../support/records.ts';
import { type Bench, createBench } from '../../support/sequencer-bench.ts';

/** The next that is ready, rejected; its id. */
function reject(bench: Bench): string {
  const leased = bench.leaseOne();
  bench.settle(leased, outcomes.rejected());
  return leased.delivery.id;
}

describe('a replay', () => {
  it('takes the place of what it replays, ahead of what stands behind it', () => {
    const bench = createBench();
    bench.claim('a');
    bench.claim('b');
    const dead = reject(bench);
    const replayId = bench.replayed(dead);
    const leased = bench.leaseOne();
    expect(leased.delivery).toMatchObject({
      id: replayId,
      replay: { of: dead, position: dead, revision: 1 },
    });
    bench.settle(leased, outcomes.succeeded());
    expect(bench.leaseOne().event.eventId).toBe('b');
  });

  it('takes that place over a restart too, and whatever its sequence', () => {
    const bench = createBench();
    bench.claim('5', { sequence: 5 });
    const dead = reject(bench);
    bench.claim('3', { sequence: 3 });
    bench.replayed(dead);
    bench.restart();
    expect(bench.leaseOne().event.eventId).toBe('5');
  });

  it('stands by its sequence where the first delivery never started', () => {
    const bench = createBench();
    const problem = { code: 'mapping_failed', message: 'no version' } as const;
    const request = claimOf('2', { sequence: 2, plans: [{ operationKey: null, problem }] });
    const dead = bench.claimOne('2', { sequence: 2, plans: [{ operationKey: null, problem }] });
    bench.replayed(dead, { planned: planOf(request.event) });
    bench.claim('1', { sequence: 1 });
    expect(bench.leaseOne().event.eventId).toBe('1');
  });

  it('is the only one open at its place: another is refused until it has ended', () => {
    const bench = createBench();
    bench.claim('a');
    const dead = reject(bench);
    const first = bench.replayed(dead);
    for (const of of [dead, first]) {
      expect(bench.replay(of)).toMatchObject({ kind: 'refused', reason: 'replay_open' });
    }
    const leased = bench.leaseOne();
    expect(bench.replay(dead)).toMatchObject({ kind: 'refused', reason: 'replay_open' });
    bench.settle(leased, outcomes.rejected());
    const second = bench.replayed(dead);
    expect(bench.delivery(second).replay).toMatchObject({ revision: 2, position: dead });
  });

  it('is refused while the delivery itself is not finished', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    expect(bench.replay(deliveryId)).toMatchObject({ kind: 'refused', reason: 'not_finished' });
    bench.settle(bench.leaseOne(), outcomes.unauthorized());
    expect(bench.replay(deliveryId)).toMatchObject({ kind: 'refused', reason: 'not_finished' });
  });

  it('of nothing known is refused', () => {
    expect(createBench().replay('dlv_0_zz')).toMatchObject({ kind: 'refused', reason: 'not_found' });
  });

  it('resolves the original in the same transaction when it succeeds', () => {
    const bench = createBench();
    bench.claim('a');
    const dead = reject(bench);
    const first = bench.replayed(dead);
    reject(bench);
    const second = bench.replayed(first);
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    for (const deliveryId of [dead, first]) {
      expect(bench.delivery(deliveryId).state).toMatchObject({ status: 'resolved', resolvedBy: second });
    }
    expect(bench.core().stats(bench.now())).toMatchObject({ deadLettered: 0 });
  });

  it('that is dead-lettered blocks the line as the original did', () => {
    const bench = createBench();
    bench.claim('a');
    bench.claim('b');
    bench.replayed(reject(bench));
    reject(bench);
    expect(bench.lease()).toEqual([]);
  });

  it('at a place the line has passed is a head of its own, and the line goes on meanwhile', () => {
    const bench = createBench();
    bench.claim('a', { plans: [{ policy: { onDeadLetter: 'continue' } }] });
    const dead = reject(bench);
    bench.claim('b');
    const running = bench.leaseOne();
    bench.claim('c');
    bench.replayed(dead);
    expect(bench.lease()).toEqual([]);
    bench.settle(running, outcomes.succeeded());
    const replay = bench.leaseOne();
    expect(replay.event.eventId).toBe('a');
    bench.settle(replay, outcomes.retryable());
    expect(bench.leaseOne().event.eventId).toBe('c');
  });

  it('at a passed place that dies again does not block', () => {
    const bench = createBench();
    bench.claim('a');
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    const [again] = bench.rows.openRecords();
    bench.replayed(again?.deliveries[0]?.id as string);
    reject(bench);
    bench.claim('b');
    expect(bench.leaseOne().event.eventId).toBe('b');
  });

  it('of a success finds the document in the ledger', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    bench.settle(bench.leaseOne(), outcomes.succeeded('SO-9'), { inputHash: 'h9' });
    bench.replayed(deliveryId);
    expect(bench.leaseOne().ledger).toEqual({
      kind: 'succeeded',
      document: documentOf('SO-9'),
      inputHash: 'h9',
    });
  });

  it('of a rejection finds nothing in the ledger, so it can succeed', () => {
    const bench = createBench();
    bench.claim('a');
    bench.replayed(reject(bench), { edited: { input: { quantity: 2 } } });
    const leased = bench.leaseOne();
    expect(leased.ledger).toBeNull();
    expect(leased.delivery.replay?.edited).toMatchObject({ input: { quantity: 2 }, actor: 'olga' });
  });

  it('of what is in doubt looks up first', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    bench.settle(bench.leaseOne(), { ...outcomes.lookupFailed(bench.now(), false) });
    expect(bench.delivery(deliveryId).state).toMatchObject({ reason: 'in_doubt' });
    bench.replayed(deliveryId);
    expect(bench.leaseOne().ledger).toMatchObject({ kind: 'possibly_done' });
  });

  it('of what was in doubt leaves no doubt behind once a look-up cleared it', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    bench.settle(bench.leaseOne(), { ...outcomes.lookupFailed(bench.now(), false) });
    const replayId = bench.replayed(deliveryId);
    bench.settle(bench.leaseOne(), outcomes.rejected(), { doubtCleared: true });
    expect([bench.delivery(deliveryId).effect, bench.delivery(replayId).effect]).toEqual([null, null]);
    bench.replayed(replayId);
    expect(bench.leaseOne().ledger).toBeNull();
  });

  it('waits for what its route declares to come after, also at a place the line has passed', () => {
    const bench = createBench();
    const plans = [{ policy: { after: [afterType('paid')], onDeadLetter: 'continue' } }] as const;
    const waiter = bench.claimOne('ship', { plans });
    bench.advance(60_000);
    bench.tick();
    expect(bench.status(waiter)).toBe('dead_lettered');
    const replayId = bench.replayed(waiter);
    expect(bench.lease()).toEqual([]);
    bench.claim('pay', { type: 'paid' });
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    expect(bench.leaseOne().delivery.id).toBe(replayId);
  });

  it('plans again what could not be planned, and is refused while it still cannot', () => {
    const bench = createBench();
    const problem = { code: 'mapping_failed', message: 'no version' } as const;
    const dead = bench.claimOne('a', { plans: [{ operationKey: null, problem }] });
    expect(bench.replay(dead)).toMatchObject({ kind: 'refused', reason: 'not_planned' });
    const planned = planOf(claimOf('a').event);
    bench.replayed(dead, { planned });
    expect(bench.leaseOne().delivery).toMatchObject({ operationKey: planned.operationKey, problem: null });
  });

  it('of an archived event needs the body with the request, and keeps it', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    bench.journal();
    for (const restarted of [false, true]) {
      if (restarted) bench.restart();
      expect(bench.replay(deliveryId)).toMatchObject({
        kind: 'refused',
        reason: restarted ? 'not_found' : 'payload_needed',
      });
    }
    const [record] = bench.rows.settledRecords();
    if (record === undefined) throw new Error('nothing was archived');
    const payload: EventPayload = makePayload('{"from":"the journal"}');
    bench.replayed(deliveryId, { archived: { record, payload } });
    const leased = bench.leaseOne();
    expect(new TextDecoder().decode(leased.payload.body)).toBe('{"from":"the journal"}');
    expect(leased.ledger?.kind).toBe('succeeded');
    bench.settle(leased, outcomes.duplicate());
    bench.journal();
    expect([bench.rows.openRecords().length, bench.rows.settledRecords().length]).toEqual([0, 1]);
  });

  it('of an archived event keeps its place and its history over a restart', () => {
    const bench = createBench();
    const deliveryId = bench.claimOne('a');
    bench.settle(bench.leaseOne(), outcomes.succeeded());
    bench.journal();
    const [record] = bench.rows.settledRecords();
    if (record === undefined) throw new Error('nothing was archived');
    const replayId = bench.replayed(deliveryId, { archived: { record, payload: makePayload() } });
    bench.restart();
    expect(bench.leaseOne().delivery.id).toBe(replayId);
    expect(bench.delivery(deliveryId).state.status).toBe('succeeded');
  });
});
