// Items whose body does not hold the entity: fetched by a consumer under a lease, retried, and kept for a person at the end.
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import { createIntakeWorld, type IntakeWorld, intakeRequest } from '../../support/intake-world.ts';

const thin = { eventId: 'e1', orderId: '1', kind: 'thin' } as const;

function withThin(): { world: IntakeWorld; at: ReturnType<IntakeWorld['home']> } {
  const world = createIntakeWorld();
  world.send(intakeRequest('a', [thin]));
  return { world, at: world.home('a') };
}

function failToTheEnd({ world, at }: ReturnType<typeof withThin>): void {
  for (let failure = 0; failure < limits.maxEnrichFailures; failure += 1) {
    world.fail(at, world.lease(at));
    world.advance(limits.enrichCapMs);
  }
}

describe('an item to be enriched', () => {
  it('is claimed with the record that was fetched, and not before', () => {
    const { world, at } = withThin();
    expect(world.intakes(at).hasDueFanOut(at.now())).toBe(false);
    const leased = world.lease(at);
    expect(leased).toMatchObject([{ itemId: 'a.0', source: 'mail', identity: { eventId: 'e1' } }]);
    world.settle(at, leased, { total: '10.00' });
    world.fanOut(at);
    expect(world.statuses('a')).toEqual(['accepted']);
    const [record] = world.records();
    if (record === undefined) throw new Error('nothing was claimed');
    const body = world.benches.map(({ rows }) => rows.readPayload(record.event)?.body).find(Boolean);
    expect(new TextDecoder().decode(body)).toBe('{"total":"10.00"}');
  });

  it('is leased once at a time', () => {
    const { world, at } = withThin();
    expect(world.lease(at)).toHaveLength(1);
    expect(world.lease(at)).toHaveLength(0);
    expect(world.intakes(at).hasDueFetch(at.now())).toBe(false);
  });

  it('is fetched again after a restart; what the first consumer brings then counts no more', () => {
    const { world, at } = withThin();
    const first = world.lease(at);
    at.restart();
    const second = world.lease(at);
    world.settle(at, first, { stale: true });
    expect(world.statuses('a')).toEqual(['enriching']);
    world.settle(at, second, { fresh: true });
    world.fanOut(at);
    expect(world.statuses('a')).toEqual(['accepted']);
  });

  it('waits longer after each failure, and the last message is shown', () => {
    const { world, at } = withThin();
    world.fail(at, world.lease(at), 'answered 503');
    expect(world.lease(at)).toHaveLength(0);
    expect(world.view('a').items[0]?.state).toMatchObject({ failureCount: 1, message: 'answered 503' });
    expect(world.intakes(at).nextAt(at.now())).toBe(at.now() + limits.enrichBaseMs / 2);
    world.advance(limits.enrichBaseMs);
    expect(world.lease(at)).toMatchObject([{ failureCount: 1 }]);
  });

  it('whose consumer never comes back counts a failure and is leased again', () => {
    const { world, at } = withThin();
    world.lease(at);
    world.advance(20_000);
    expect(world.lease(at)).toMatchObject([{ failureCount: 1 }]);
  });

  it('that fails to the end is dead, visible, over a restart too, and said once', () => {
    const { world, at } = withThin();
    failToTheEnd({ world, at });
    expect(world.statuses('a')).toEqual(['dead']);
    expect(
      at
        .core()
        .takeSignals()
        .filter(({ kind }) => kind === 'intake_item.dead'),
    ).toMatchObject([
      { item: 'a.0', source: 'mail', reason: 'unavailable', failureCount: limits.maxEnrichFailures },
    ]);
    at.restart();
    expect(world.lease(at)).toHaveLength(0);
    expect(world.intakes(at).list(at.now())).toMatchObject([{ id: 'a', counts: { dead: 1 } }]);
    expect(world.intakes(at).nextAt(at.now())).toBeNull();
  });

  it('that is dead is fetched again when an operator says so', () => {
    const { world, at } = withThin();
    failToTheEnd({ world, at });
    const request = { id: 'a', as: 'retry', actor: 'olga', note: 'the key was renewed' } as const;
    expect(world.intakes(at).revive(request, at.now())).toEqual({ kind: 'revived', itemIds: ['a.0'] });
    world.settle(at, world.lease(at));
    world.fanOut(at);
    expect(world.statuses('a')).toEqual(['accepted']);
  });

  it('that is dead is done with when an operator drops it', () => {
    const { world, at } = withThin();
    failToTheEnd({ world, at });
    const request = { id: 'a', as: 'dropped', actor: 'olga', note: 'a test order' } as const;
    world.intakes(at).revive(request, at.now());
    expect(world.view('a')).toMatchObject({
      finishedAt: at.now(),
      items: [{ state: { status: 'dropped', actor: 'olga', note: 'a test order' } }],
    });
    expect(world.records()).toEqual([]);
  });

  it('may be said nothing about while it is not dead, nor where there is none', () => {
    const { world, at } = withThin();
    const request = { as: 'retry', actor: 'olga', note: 'why' } as const;
    expect(world.intakes(at).revive({ ...request, id: 'a' }, at.now())).toMatchObject({
      reason: 'wrong_state',
    });
    expect(world.intakes(at).revive({ ...request, id: 'zzz' }, at.now())).toMatchObject({
      reason: 'not_found',
    });
  });

  it('whose record holds no event becomes a rejected request', () => {
    const { world, at } = withThin();
    const problem = { reason: 'entity_failed', field: 'entity', rule: 'threw' } as const;
    const settlements = world
      .lease(at)
      .map(({ itemId, epoch }) => ({ itemId, epoch, result: { kind: 'rejected', problem } as const }));
    world.intakes(at).settle(settlements, { now: at.now(), random: () => 0.5 });
    world.fanOut(at);
    expect(world.statuses('a')).toEqual(['rejected']);
    expect(world.reported).toEqual(['a.0']);
  });
});
