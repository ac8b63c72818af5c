// Requests and intakes while one generation takes over from another and callers of both versions ask.
import { describe, expect, it } from 'vitest';
import type { DirectRequest, RecordAnswer } from '../../src/core/direct-request.ts';
import { intakeId, intakePartition } from '../../src/core/intake-id.ts';
import { limits } from '../../src/core/limits.ts';
import type { IntakeCore } from '../../src/core/sequencer/intake-core.ts';
import type { IntakeRequest } from '../../src/core/sequencer/intake-messages.ts';
import { createSequencer } from '../../src/core/sequencer/sequencer.ts';
import { createGenerationRecords } from '../../src/platform/durable-objects/generation-records.ts';
import { createMemoryRows } from '../support/memory-rows.ts';
import { testTime } from '../support/records.ts';
import { benchConfig } from '../support/sequencer-bench.ts';

const hash = 'a'.repeat(32);
const requestOf = (inputHash: string, changes: Partial<DirectRequest> = {}): DirectRequest => ({
  ...{ hash, inputHash, operation: 'relay.smoke', target: 'loopback', createdAt: testTime },
  ...{ claim: null, deliveryId: null, ...changes },
});

/** One kept store for each object: what a version knows of the generations is made anew with each deploy. */
function storage() {
  const kept = new Map<string, DirectRequest>();
  const requests = {
    find: (of: string) => kept.get(of) ?? null,
    record: (request: DirectRequest): RecordAnswer => {
      const known = kept.get(request.hash);
      if (known !== undefined) return { kind: 'known', request: known };
      kept.set(request.hash, request);
      return { kind: 'recorded' };
    },
    acknowledge: (of: string, deliveryId: string): void => {
      const known = kept.get(of);
      if (known !== undefined) kept.set(of, { ...known, deliveryId });
    },
  };
  return { requests, intakes: new Map<string, IntakeCore>() };
}

type Store = ReturnType<typeof storage>;

/** The objects of generations 1 and 2 as a version sees them that knows `counts`. */
function version(counts: readonly number[], stores: ReadonlyMap<number, Store>, now = testTime) {
  const at = (generation: number, partition: number) => {
    const store = stores.get(generation);
    if (store === undefined) throw new Error(`generation ${generation} has no objects`);
    const place = { partition, partitions: counts[generation - 1] ?? 1, generation };
    const name = `${generation}/${partition}`;
    const intakes =
      store.intakes.get(name) ?? createSequencer(createMemoryRows(), { ...benchConfig, ...place }).intakes;
    store.intakes.set(name, intakes);
    const clock = { now: () => now };
    const records = createGenerationRecords({
      ...{ requests: store.requests, intakes, counts, generation, clock },
      at: (of, there) => at(of, there),
    });
    return {
      ...records,
      handOverRequest: async (of: string) => records.handOverRequest(of),
      handOverIntake: async (id: string) => records.handOverIntake(id),
    };
  };
  return { at };
}

function world() {
  const stores = new Map([
    [1, storage()],
    [2, storage()],
  ]);
  return {
    before: version([1], stores).at(1, 0),
    old: version([1, 1], stores).at(1, 0),
    newest: version([1, 1], stores).at(2, 0),
    later: version([1, 1], stores, testTime + limits.directRequestMs + 1).at(2, 0),
    stores,
  };
}

describe('a request', () => {
  it('of the generation before is known to the newest', async () => {
    const { before, newest } = world();
    await before.recordRequest(requestOf('one'));
    expect(await newest.recordRequest(requestOf('other'))).toMatchObject({
      kind: 'known',
      request: { inputHash: 'one' },
    });
  });

  it('that the newest asked for in vain cannot turn up in the one before', async () => {
    const { old, newest, stores } = world();
    expect(await newest.recordRequest(requestOf('one'))).toEqual({ kind: 'recorded' });
    // A caller that still runs the version before, with another input.
    expect(await old.recordRequest(requestOf('other'))).toMatchObject({
      kind: 'known',
      request: { inputHash: 'one' },
    });
    expect(stores.get(1)?.requests.find(hash)).toBeNull();
    expect(await old.findRequest(hash)).toMatchObject({ inputHash: 'one' });
  });

  it('of a caller of the version before is kept, found and acknowledged in the newest', async () => {
    const { old, newest } = world();
    expect(await old.recordRequest(requestOf('one'))).toEqual({ kind: 'recorded' });
    expect(await newest.recordRequest(requestOf('other'))).toMatchObject({ kind: 'known' });
    await old.acknowledgeRequest(hash, 'dlv_0_1');
    expect(await newest.findRequest(hash)).toMatchObject({ deliveryId: 'dlv_0_1' });
  });

  it('past its retention is none', async () => {
    const { before, later } = world();
    await before.recordRequest(requestOf('one'));
    const createdAt = testTime + limits.directRequestMs + 1;
    expect(await later.recordRequest(requestOf('other', { createdAt }))).toEqual({ kind: 'recorded' });
  });

  it('is not answered for by an object that takes itself for the newest', async () => {
    const { before } = world();
    await expect(before.handOverRequest(hash)).rejects.toThrow('this version does not know');
  });
});

describe('an intake', () => {
  const digest = 'b'.repeat(32);
  const counts = [3, 5];
  const intakeOf = (generation: number): IntakeRequest => {
    const partitions = counts[generation - 1] ?? 0;
    const id = intakeId(digest, partitions);
    const problem = { reason: 'missing_field', field: 'id', rule: 'must be there' } as const;
    const items = [{ eventId: null, type: null, work: { kind: 'report' as const, problem, item: null } }];
    const request = { source: 'dock', requestId: 'req-1', receivedAt: testTime, headers: {} };
    return { id, ...request, items, partitions, generation };
  };
  const place = (generation: number) => intakePartition(intakeOf(generation).id) ?? 0;
  const intakeWorld = () => {
    const stores = new Map([
      [1, storage()],
      [2, storage()],
    ]);
    return {
      before: version([3], stores).at(1, place(1)),
      old: version(counts, stores).at(1, place(1)),
      newest: version(counts, stores).at(2, place(2)),
    };
  };

  it('of the generation before is known to the newest, by the id it has there', async () => {
    const { before, newest } = intakeWorld();
    expect(await before.claimIntake(intakeOf(1))).toMatchObject({ status: 'received' });
    expect(await newest.claimIntake(intakeOf(2))).toEqual({
      ...{ kind: 'received', id: intakeOf(1).id, status: 'duplicate' },
    });
  });

  it('that is new is refused by the one before: its sender comes again, to the newest', async () => {
    const { old, newest } = intakeWorld();
    expect(await newest.claimIntake(intakeOf(2))).toMatchObject({ status: 'received' });
    expect(await old.claimIntake(intakeOf(1))).toMatchObject({
      kind: 'refused',
      reason: 'generation_mismatch',
    });
    expect(await newest.claimIntake(intakeOf(2))).toMatchObject({ status: 'duplicate' });
  });
});
