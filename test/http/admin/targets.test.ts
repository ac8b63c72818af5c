// Targets as operators see and steer them, over the real gate rules.
import { describe, expect, it } from 'vitest';
import { createMemoryRelay } from '../../support/memory-relay.ts';
import { createMemoryTargets } from '../../support/memory-targets.ts';

const note = 'close of month';

async function shown(relay: ReturnType<typeof createMemoryRelay>) {
  const body = (await (await relay.ask('/admin/targets')).json()) as { targets: unknown[] };
  return body.targets[0];
}

describe('a target', () => {
  it('is shown with its circuit, pause, limits and last failures, and never a credential', async () => {
    const relay = createMemoryRelay();
    const target = await shown(relay);
    expect(target).toMatchObject({
      ...{ id: 'erp', status: 'ok', pause: null, unauthorized: null, throttledUntil: null, inFlight: 0 },
      circuit: { state: 'closed', openedAt: null, nextProbeAt: null, failedProbes: 0, reason: null },
      limits: { concurrency: null, rate: null, windows: [], timeZone: 'UTC' },
      lastFailures: [],
    });
    expect(JSON.stringify(target)).not.toContain('erp-credential');
  });

  it('is paused and resumed with a note, and the log says by whom', async () => {
    const relay = createMemoryRelay();
    const paused = await relay.ask('/admin/targets/erp/pause', { note });
    expect(paused.status).toBe(200);
    expect(await paused.json()).toMatchObject({ id: 'erp', pause: { actor: 'admin_key', note } });
    expect(await shown(relay)).toMatchObject({ pause: { note } });
    expect(await (await relay.ask('/admin/targets/erp/resume', { note })).json()).toMatchObject({
      pause: null,
    });
    expect(relay.log.filter(({ event }) => event === 'target.controlled')).toMatchObject([
      { actor: 'admin_key', target: 'erp', act: 'paused', paused: true },
      { actor: 'admin_key', target: 'erp', act: 'resumed', paused: false },
    ]);
  });

  it('has its circuit opened and closed', async () => {
    const relay = createMemoryRelay();
    const opened = await relay.ask('/admin/targets/erp/circuit', { state: 'open', note });
    expect(await opened.json()).toMatchObject({
      circuit: { state: 'open', nextProbeAt: null, reason: note },
    });
    const closed = await relay.ask('/admin/targets/erp/circuit', { state: 'closed', note });
    expect(await closed.json()).toMatchObject({ circuit: { state: 'closed', reason: null } });
  });

  it.each([
    ['/admin/targets/erp/circuit', { state: 'ajar', note }, 400],
    ['/admin/targets/erp/pause', {}, 400],
    ['/admin/targets/nobody/pause', { note }, 404],
  ])('%s with %j is answered %i', async (path, body, status) => {
    expect((await createMemoryRelay().ask(path, body)).status).toBe(status);
  });

  it('whose ERP still refuses the credential sends nothing on', async () => {
    const plain = createMemoryRelay();
    const { targets } = createMemoryTargets(plain.definition, {
      now: () => 0,
      authorize: () => ({ kind: 'refused', message: 'wrong key' }),
    });
    const relay = createMemoryRelay({ services: { targets } });
    const answer = await relay.ask('/admin/targets/erp/release', { note });
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({ code: 'target_unauthorized', detail: 'wrong key' });
  });

  it('that does not answer is shown as unavailable', async () => {
    const plain = createMemoryRelay();
    const { targets } = createMemoryTargets(plain.definition, { now: () => 0 });
    const view = () => Promise.reject(new Error('away'));
    const relay = createMemoryRelay({ services: { targets: { ...targets, view } } });
    expect(await shown(relay)).toMatchObject({ id: 'erp', status: 'unavailable' });
  });
});
