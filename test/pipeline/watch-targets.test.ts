// A watched ERP: the cursor moves only after the changes are claimed, what is read twice is one event, and a look that fails goes on
// from where it stood. Real sequencers in memory; the feed is the test's.

import { describe, expect, it } from 'vitest';
import type { Condition } from '../../src/core/alerts/alert.ts';
import { compileIntegrations } from '../../src/core/compile-integrations.ts';
import { defineIntegration, defineTarget } from '../../src/core/define-integration.ts';
import { defineWatch } from '../../src/core/define-watch.ts';
import { limits } from '../../src/core/limits.ts';
import { type Change, type ChangeFeed, type ChangePage, watchPreset } from '../../src/core/watch.ts';
import type { ErpConnections, Telemetry } from '../../src/pipeline/ports.ts';
import { type WatchStanding, watchTargets } from '../../src/pipeline/watch-targets.ts';
import { fakeAdapter, targetOptions } from '../core/integration-fixtures.ts';
import { scriptedConnection, timedOut } from '../erp/rest/support/scripted-connection.ts';
import { createMemoryRelay } from '../support/memory-relay.ts';

const change = (id: string, more: Partial<Change> = {}): Change => ({
  ...{ type: 'order.placed', entity: { kind: 'order', id }, version: `${id}@1`, isOwn: false },
  ...{ changedAt: '2026-03-01T12:00:00Z', document: { state: 'sale' } },
  ...more,
});

const page = (cursor: string, changes: readonly Change[], isLast = true): ChangePage => ({
  kind: 'changes',
  ...{ changes, cursor, isLast },
});

type Answer = ChangePage | 'no answer';

function world(answers: readonly Answer[], everyMs = 0) {
  const left = [...answers];
  const asked: (string | null)[] = [];
  const changes: ChangeFeed = {
    kinds: ['order'],
    list: async (_erp, { cursor, until }) => {
      asked.push(cursor);
      expect(until).toBe(relay.services.clock.now() - limits.watchLagMs);
      const answer = left.shift() ?? page(cursor ?? 'end', []);
      return answer === 'no answer' ? { kind: 'call_failed', failure: timedOut } : answer;
    },
  };
  const relay = createMemoryRelay();
  const target = defineTarget({ ...targetOptions, adapter: { ...fakeAdapter, changes } });
  const shop = relay.definition.sources.get('shop');
  if (shop === undefined) throw new Error('the shop is gone');
  const { entity: _entity, ...plain } = shop;
  const watched = { ...plain, preset: watchPreset, watch: { target, kinds: ['order'], everyMs } };
  const definition = { ...relay.definition, sources: new Map([['shop', watched]]) };
  const connections: ErpConnections = {
    open: () => ({
      ...{
        erp: scriptedConnection(() => timedOut),
        exchanges: [],
        lastWriteAt: () => null,
        writeCount: () => 0,
      },
    }),
  };
  const lines: Record<string, unknown>[] = [];
  const telemetry = {
    log: (_level: string, event: string, fields: object) => lines.push({ event, ...fields }),
  } as unknown as Telemetry;
  const told: (readonly Condition[])[] = [];
  const kept = new Map<string, WatchStanding>();
  const deps = {
    ...{ definition, connections, telemetry, sequencers: relay.sequencers },
    ...{ clock: relay.services.clock, randomness: relay.services.randomness },
    alerts: {
      report: async ({ conditions }: { conditions: readonly Condition[] }) => void told.push(conditions),
    },
    watches: {
      read: async (source: string) => kept.get(source) ?? null,
      write: async (source: string, standing: WatchStanding) => void kept.set(source, standing),
    },
  };
  const accepted = () =>
    lines.flatMap(({ acceptedCount }) => (acceptedCount === undefined ? [] : [acceptedCount]));
  return { deps, asked, lines, told, accepted, cursor: () => kept.get('shop')?.cursors.order };
}

describe('a watched ERP', () => {
  it('begins with what changes from now on, and moves on page by page', async () => {
    const { deps, asked, accepted, cursor } = world([
      page('c0', []),
      page('c1', [change('1'), change('2')], false),
      page('c2', [change('3')]),
    ]);
    await watchTargets(deps);
    expect(cursor()).toBe('c0');
    await watchTargets(deps);
    expect(asked).toEqual([null, 'c0', 'c1']);
    expect(accepted()).toEqual([2, 1]);
    expect(cursor()).toBe('c2');
  });

  it('has one event for one state of a record, however often it is read, and another for the next', async () => {
    const { deps, accepted } = world([
      page('c1', [change('1')]),
      page('c1', [change('1')]),
      page('c2', [change('1', { version: '1@2' })]),
    ]);
    for (let look = 0; look < 3; look += 1) await watchTargets(deps);
    expect(accepted()).toEqual([1, 1]);
  });

  it('leaves out what the relay did itself', async () => {
    const { deps, lines } = world([page('c1', [change('1', { isOwn: true }), change('2')])]);
    await watchTargets(deps);
    expect(lines).toEqual([expect.objectContaining({ changeCount: 2, ownCount: 1, acceptedCount: 1 })]);
  });

  it('keeps the cursor of what was claimed where the next page fails, and tells until it works', async () => {
    const { deps, asked, told, cursor, lines } = world([
      page('c1', [change('1')], false),
      'no answer',
      page('c2', []),
    ]);
    await watchTargets(deps);
    expect(cursor()).toBe('c1');
    expect(lines.map(({ event }) => event)).toEqual(['target.changes_read', 'watch.failed']);
    await watchTargets(deps);
    expect(asked).toEqual([null, 'c1', 'c1']);
    expect(told.map((conditions) => conditions.map(({ rule }) => rule))).toEqual([
      ['reconciliation_failed'],
      [],
    ]);
  });

  it('does not move its cursor where the changes cannot be claimed', async () => {
    const { deps, cursor, lines } = world([page('c1', [change('1')])]);
    const away = { claimMany: async () => Promise.reject(new Error('the sequencer is away')) };
    const sequencers = { ...deps.sequencers, of: () => away as never };
    await watchTargets({ ...deps, sequencers });
    expect(cursor()).toBeUndefined();
    expect(lines).toEqual([expect.objectContaining({ event: 'watch.failed' })]);
  });

  it('reads a bounded number of pages in one look, and is not looked at before its time', async () => {
    const endless = Array.from({ length: 20 }, (_, index) => page(`c${index}`, [change(`${index}`)], false));
    const { deps, asked } = world(endless, 60_000);
    await watchTargets(deps);
    await watchTargets(deps);
    expect(asked).toHaveLength(limits.watchPagesPerStep);
  });
});

describe('defineWatch', () => {
  const watchable = { ...fakeAdapter, changes: { kinds: ['order'], list: async () => page('c', []) } };
  const erp = defineTarget({ ...targetOptions, adapter: watchable });

  function problemsOf(target = erp, kinds = ['order'], targets = [target]) {
    const source = defineWatch({ id: 'changes', target, kinds });
    const integration = defineIntegration({ name: 'changes', sources: [source], targets, routes: [] });
    const compiled = compileIntegrations([integration]);
    return compiled.ok ? [] : compiled.error.map(({ field }) => field);
  }

  it('needs no secret', () => {
    expect(problemsOf()).toEqual([]);
  });

  it('does not start where the adapter cannot say what changed, or not of that kind, or is no target', () => {
    expect(problemsOf(defineTarget(targetOptions))).toEqual(['sources[0] (changes).target']);
    expect(problemsOf(erp, ['invoice'])).toEqual(['sources[0] (changes).kinds']);
    expect(problemsOf(erp, ['order'], [])).toEqual(['sources[0] (changes).watch.target']);
  });
});
