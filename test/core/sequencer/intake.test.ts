// A request with several events: claimed whole, fanned out afterwards, each item for itself.
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import { createIntakeWorld, intakeRequest, type WorldItem } from '../../support/intake-world.ts';

const items = (count: number, from = 0): readonly WorldItem[] =>
  Array.from({ length: count }, (_, index) => ({
    eventId: `e${from + index}`,
    orderId: `${1000 + from + index}`,
  }));

describe('an intake', () => {
  it('is claimed whole: nothing is claimed for its items before the fan-out', () => {
    const world = createIntakeWorld();
    expect(world.send(intakeRequest('a', items(3)))).toEqual({
      kind: 'received',
      id: 'a',
      status: 'received',
    });
    expect(world.records()).toEqual([]);
    expect(world.statuses('a')).toEqual(['received', 'received', 'received']);
  });

  it('claims every item in the partition of its ordering key, with the headers of the request', () => {
    const world = createIntakeWorld();
    world.send(intakeRequest('a', items(12)));
    world.fanOut(world.home('a'));
    expect(
      world
        .records()
        .map(({ event }) => event.eventId)
        .sort(),
    ).toEqual(
      items(12)
        .map(({ eventId }) => eventId)
        .sort(),
    );
    const withWork = world.benches.filter(({ rows }) => rows.openRecords().length > 0);
    expect(withWork.length).toBe(3);
    for (const { rows } of world.benches) {
      for (const { event } of rows.openRecords())
        expect(rows.readPayload(event)?.headers).toEqual({ 'x-batch': 'a' });
    }
  });

  it('keeps one small row when all its items are done, and answers for it', () => {
    const world = createIntakeWorld();
    world.send(intakeRequest('a', items(250)));
    world.fanOut(world.home('a'));
    const at = world.home('a');
    expect([...at.rows.readOpenIntakes()]).toEqual([]);
    expect(JSON.stringify(at.rows.readSettledIntake('a'))).not.toContain('"payload"');
    expect(world.view('a').finishedAt).not.toBeNull();
    expect(new Set(world.statuses('a'))).toEqual(new Set(['accepted']));
    expect(at.core().takeSignals()).toMatchObject([
      { kind: 'intake.finished', intake: 'a', counts: { accepted: 250 } },
    ]);
  });

  it('sent again is the same intake, under way, finished, and after a restart', () => {
    const world = createIntakeWorld();
    const again = { kind: 'received', id: 'a', status: 'duplicate' };
    world.send(intakeRequest('a', items(3)));
    expect(world.send(intakeRequest('a', items(3)))).toEqual(again);
    world.home('a').restart();
    expect(world.send(intakeRequest('a', items(3)))).toEqual(again);
    world.fanOut(world.home('a'));
    expect(world.send(intakeRequest('a', items(3)))).toEqual(again);
    expect(world.records()).toHaveLength(3);
  });

  it('of 50 items of which 10 were there already gives 40 new events', () => {
    const world = createIntakeWorld();
    world.send(intakeRequest('old', items(10)));
    world.fanOut(world.home('old'));
    world.send(intakeRequest('new', items(50)));
    world.fanOut(world.home('new'));
    const statuses = world.statuses('new');
    expect(statuses.filter((status) => status === 'accepted')).toHaveLength(40);
    expect(statuses.filter((status) => status === 'duplicate')).toHaveLength(10);
    expect(world.records()).toHaveLength(50);
  });

  it('with the same event twice inside claims it once', () => {
    const world = createIntakeWorld();
    const [one] = items(1);
    if (one === undefined) throw new Error('no item');
    world.send(intakeRequest('a', [one, one]));
    world.fanOut(world.home('a'));
    expect(world.statuses('a')).toEqual(['accepted', 'duplicate']);
  });

  it('keeps the items of one ordering key in the order of the request', () => {
    const world = createIntakeWorld();
    const line = Array.from({ length: 30 }, (_, index) => ({ eventId: `e${index}`, orderId: '1' }));
    world.send(intakeRequest('a', line));
    world.fanOut(world.home('a'));
    const arrivals = [...world.records()].sort((x, y) => x.arrival - y.arrival);
    expect(arrivals.map(({ event }) => event.eventId)).toEqual(line.map(({ eventId }) => eventId));
  });

  it('reports an item nothing can be read from and claims the others', () => {
    const world = createIntakeWorld();
    const [first, second] = items(2);
    if (first === undefined || second === undefined) throw new Error('no items');
    world.send(intakeRequest('a', [first, { eventId: 'x', orderId: '', kind: 'unreadable' }, second]));
    world.fanOut(world.home('a'));
    expect(world.statuses('a')).toEqual(['accepted', 'rejected', 'accepted']);
    expect(world.reported).toEqual(['a.1']);
    expect(world.view('a').items[1]?.state).toMatchObject({ problem: { field: 'item $.id' } });
  });

  it('waits for a partition that does not take its claims, ever longer, and keeps the order', () => {
    const world = createIntakeWorld();
    world.send(intakeRequest('a', items(12)));
    const at = world.home('a');
    const intakes = world.intakes(at);
    const due = intakes.dueClaims(at.now());
    world.acknowledge(at, [{ kind: 'claims_failed', partition: due[0]?.partition ?? 0 }]);
    const groups = intakes.dueClaims(at.now()).map(({ partition }) => partition);
    expect(groups).not.toContain(due[0]?.partition);
    expect(groups).toHaveLength(2);
    world.fanOut(at);
    expect(intakes.hasDueFanOut(at.now())).toBe(false);
    expect(intakes.nextAt(at.now())).toBeGreaterThan(at.now());
    world.advance(limits.fanOutRetryCapMs);
    world.fanOut(at);
    expect(new Set(world.statuses('a'))).toEqual(new Set(['accepted']));
  });

  it('is refused where too much is under way, and claims nothing', () => {
    const world = createIntakeWorld();
    const many = items(limits.maxOpenIntakeItems);
    const ids = Array.from({ length: 40 }, (_, index) => `i${index}`);
    const [first = '', second = ''] = ids.filter((id) => world.home(id) === world.home('i0'));
    world.send(intakeRequest(first, many));
    expect(world.send(intakeRequest(second, items(1, 1)))).toMatchObject({
      kind: 'refused',
      reason: 'backlog_full',
    });
    expect(world.intakes(world.home(second)).find(second, world.home(second).now())).toBeNull();
  });

  it('made under another number of partitions is refused', () => {
    const world = createIntakeWorld();
    expect(world.send(intakeRequest('a', items(1), { partitions: 4 }))).toMatchObject({
      reason: 'generation_mismatch',
    });
  });

  it('is forgotten after its window, and its events still are not', () => {
    const world = createIntakeWorld();
    world.send(intakeRequest('a', items(2)));
    world.fanOut(world.home('a'));
    world.advance(limits.intakeKeptMs + 1);
    const at = world.home('a');
    while (world.intakes(at).pruneStep(at.now())) {}
    const again = intakeRequest('a', items(2), { requestId: 'req-again' });
    expect(world.send(again)).toMatchObject({ status: 'received' });
    world.fanOut(at);
    expect(world.statuses('a')).toEqual(['duplicate', 'duplicate']);
  });
});
