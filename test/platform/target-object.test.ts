// TargetObject on the real runtime: what it keeps over evictions, and that deliveries go on when it says so.

import { evictDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isDiffering } from '../../src/core/precondition.ts';
import type { AdmitRequest } from '../../src/core/target-gate-state.ts';
import { versionOfTarget } from '../../src/core/versions.ts';
import type { Sequencer } from '../../src/pipeline/ports.ts';
import { sequencerName } from '../../src/platform/doorbell.ts';
import { createObjectTargets } from '../../src/platform/durable-objects/object-targets.ts';
import { claimOf } from '../support/builders.ts';

const targets = createObjectTargets(env.TARGET);
const act = { actor: 'olga', note: 'test' };
const name = sequencerName(1, 2);

afterEach(async () => {
  vi.restoreAllMocks();
  await targets.resume('erp', act);
  await targets.setCircuit('erp', 'closed', act);
  await targets.admit(request({ wanted: 0 }));
});

function request(changes: Partial<AdmitRequest> = {}): AdmitRequest {
  const base = { targetId: 'erp', batch: 'b', sequencer: name, wanted: 6, inFlight: 0, startedCount: 0 };
  return { ...base, holdMs: 20_000, reports: [], ...changes };
}

const failed = () =>
  Array.from({ length: 10 }, () => ({
    ...{ deliveryId: 'dlv_0_1', operation: 'sale.confirm', at: Date.now(), health: 'failed' as const },
    ...{ callCount: 1, calls: [{ durationMs: 5, failed: true }], retryAfterMs: null, message: '503' },
  }));

const evict = () => evictDurableObject(env.TARGET.get(env.TARGET.idFromName('erp')));

/** A delivery that the queue's consumer took to the target and gave back. */
async function deliveryAtRest() {
  const sequencer = env.SEQUENCER.get(env.SEQUENCER.idFromName(name)) as never as Sequencer;
  const orderingKey = `order/${crypto.randomUUID()}`;
  const claim = claimOf(crypto.randomUUID(), { orderingKey });
  await sequencer.claim({ ...claim, partitions: Number(env.PARTITIONS), generation: 1 });
  const waiting = async () => {
    const [view] = await sequencer.listOpen({ filter: { orderingKey }, cursor: null, limit: 1 });
    return view?.waiting?.reason ?? null;
  };
  await vi.waitFor(async () => expect(await waiting()).not.toBeNull(), 3_000);
  return waiting;
}

describe('the object of a target', () => {
  it('is told by the next batch which ones have ended, and counts them no longer', async () => {
    for (const batch of ['n1', 'n2', 'n3']) {
      expect(await targets.admit(request({ batch }))).toMatchObject({ granted: 6, isUnlimited: true });
      targets.note?.('erp', { batch, reports: [] });
    }
    expect(await targets.view('erp')).toMatchObject({ inFlightCount: 6 });
    await targets.admit(request({ batch: 'n4', wanted: 0 }));
    expect(await targets.view('erp')).toMatchObject({ inFlightCount: 0 });
  });

  it('keeps an open circuit and its failures over an eviction', async () => {
    await targets.admit(request({ reports: failed() }));
    await evict();
    expect(await targets.admit(request())).toMatchObject({ granted: 0, reason: 'circuit_open' });
    const view = await targets.view('erp');
    expect(view.circuit).toMatchObject({ state: 'open', reason: '10 calls in a row failed' });
    expect(view.failures).toHaveLength(10);
  });

  it('keeps a pause over an eviction, and lets waiting deliveries go on when it ends', async () => {
    await targets.pause('erp', act);
    await evict();
    const waiting = await deliveryAtRest();
    expect(await waiting()).toBe('paused');
    expect(await targets.resume('erp', act)).toMatchObject({ pause: null });
    await vi.waitFor(async () => expect(await waiting()).toBeNull(), 2_000);
  });

  it('is changed by one of two who saw the same, and tells the other what it is now', async () => {
    const when = [versionOfTarget(await targets.view('erp'))];
    const answers = await Promise.all([
      targets.pause('erp', { ...act, when }),
      targets.setCircuit('erp', 'open', { ...act, when }),
    ]);
    const present = versionOfTarget(await targets.view('erp'));
    expect(answers.filter(isDiffering)).toEqual([{ kind: 'version_differs', version: present }]);
    expect(present).not.toBe(when[0]);
  });

  it('lets waiting deliveries go on when an operator closes its circuit', async () => {
    await targets.setCircuit('erp', 'open', act);
    const waiting = await deliveryAtRest();
    expect(await waiting()).toBe('circuit_open');
    await targets.setCircuit('erp', 'closed', act);
    await vi.waitFor(async () => expect(await waiting()).toBeNull(), 2_000);
  });

  it('holds the target once for a credential that is refused, and lets go what was held once it is taken', async () => {
    let isRight = false;
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () =>
      isRight
        ? Response.json({ token: 't', expiresInSeconds: 300 })
        : Response.json({ error: { code: 'login_failed', message: 'Unknown key.' } }, { status: 401 }),
    );
    const object = env.TARGET.get(env.TARGET.idFromName('erp'));
    const refused = await Promise.all(Array.from({ length: 20 }, () => object.token('erp', null)));
    expect(new Set(refused.map(({ kind }) => kind))).toEqual(new Set(['refused']));
    expect(fetch).toHaveBeenCalledTimes(1);
    await evict();
    const waiting = await deliveryAtRest();
    expect(await waiting()).toBe('unauthorized');
    expect(await targets.authorize('erp')).toMatchObject({ kind: 'refused' });
    isRight = true;
    expect(await targets.authorize('erp')).toEqual({ kind: 'authorized', already: false });
    await vi.waitFor(async () => expect(await waiting()).toBeNull(), 2_000);
    expect((await targets.view('erp')).unauthorized).toBeNull();
    // An eviction waits for the time-out of the login's call, five seconds.
  }, 20_000);
});
