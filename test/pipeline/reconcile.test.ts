// The scheduled check of a source: what counts as held, what is brought in and how, and what becomes of a check that breaks.
// Real sequencers in memory; the sender's list is the test's.

import { describe, expect, it } from 'vitest';
import type { Condition } from '../../src/core/alerts/alert.ts';
import type { JsonValue } from '../../src/core/json.ts';
import { limits } from '../../src/core/limits.ts';
import type { ListedWebhook, SourceListing } from '../../src/core/reconcile.ts';
import type { SourceDefinition } from '../../src/core/relay-definition.ts';
import { err, ok } from '../../src/core/result.ts';
import { toSenderApi } from '../../src/core/sender-api-options.ts';
import { reconcileSources } from '../../src/pipeline/reconcile-sources.ts';
import { createMemoryReconciliation } from '../support/memory-reconciliation.ts';
import { createMemoryRelay } from '../support/memory-relay.ts';

type Item = {
  readonly id: string;
  readonly type: string;
  readonly data: JsonValue;
  readonly isState?: boolean;
};

const toListed = ({ id, type, data, isState = false }: Item): ListedWebhook => ({
  headers: { 'webhook-id': id },
  payload: { type, timestamp: '2026-03-01T12:00:00Z', data },
  isState,
});

/** Pages of a list; a page that is null is a sender that does not answer. */
function world(
  pages: (readonly Item[] | null)[],
  subscribed: readonly string[] | null = null,
  rules: (shop: SourceDefinition) => Pick<SourceDefinition, 'entity' | 'earlierEntities'> = () => ({}),
) {
  const relay = createMemoryRelay();
  const ranges: { readonly from: number; readonly to: number; readonly cursor: string | null }[] = [];
  const listing: SourceListing = {
    types: null,
    reachMs: null,
    list: async (_, range) => {
      ranges.push(range);
      const page = pages.shift();
      if (page === null) return err({ reason: 'unavailable', message: 'the API answered 503' });
      return ok({
        webhooks: (page ?? []).map(toListed),
        cursor: pages.length > 0 ? `page-${ranges.length}` : null,
      });
    },
    ...(subscribed === null
      ? {}
      : { subscriptions: async () => ok(subscribed.map((type) => ({ type, state: 'active' as const }))) }),
  };
  const api = toSenderApi({ baseUrl: 'SHOP_API_URL', token: null });
  const shop = relay.definition.sources.get('shop');
  if (shop === undefined) throw new Error('the shop is gone');
  const step = { api, listing, everyMs: 900_000 };
  const definition = {
    ...relay.definition,
    sources: new Map([['shop', { ...shop, ...rules(shop), reconcile: step }]]),
  };
  const { apis, standings, kept } = createMemoryReconciliation();
  const told: (readonly Condition[])[] = [];
  const check = () =>
    reconcileSources({
      ...{ definition, apis, standings, sequencers: relay.sequencers, clock: relay.services.clock },
      alerts: { report: async ({ conditions }) => void told.push(conditions) },
      randomness: relay.services.randomness,
      telemetry: relay.services.telemetry,
    });
  return { relay, check, ranges, told, standing: () => kept.get('shop') };
}

const sale = (order: string, id = `list-${order}`): Item => ({
  id,
  type: 'order.placed',
  data: { id: order, total: '10.00' },
});

async function openDeliveries(relay: ReturnType<typeof createMemoryRelay>) {
  const asked = { filter: {}, cursor: null, limit: 50 };
  const found = await Promise.all(relay.sequencers.all().map((sequencer) => sequencer.listOpen(asked)));
  return found.flat();
}

describe('a listed event', () => {
  it('is held by its id, or where its operation is known under another webhook', async () => {
    const { relay, check, standing } = world([
      [sale('1001', 'evt-1'), sale('1002', 'another-id'), sale('1003')],
    ]);
    relay.place({ type: 'order.placed', data: { id: '1001', total: '10.00' }, eventId: 'evt-1' });
    relay.place({ type: 'order.placed', data: { id: '1002', total: '10.00' }, eventId: 'evt-2' });
    await check();
    expect(standing()?.last?.counts).toEqual({
      listedCount: 3,
      heldCount: 2,
      missingCount: 1,
      unreadableCount: 0,
    });
    expect(standing()?.last?.missing).toMatchObject([{ orderingKey: 'order/1003', type: 'order.placed' }]);
  });

  it('is held where it was accepted under an earlier rule of its source', async () => {
    const { relay, check, standing } = world([[sale('1001', 'evt-1'), sale('1003')]], null, ({ entity }) => ({
      entity: (event) => ({ kind: 'shop-order', id: entity?.(event)?.id ?? '' }),
      earlierEntities: [{ untilGeneration: 1, entity: (event) => entity?.(event) ?? null }],
    }));
    relay.place({ type: 'order.placed', data: { id: '1001', total: '10.00' }, eventId: 'evt-1' });
    await check();
    expect(standing()?.last).toMatchObject({
      counts: { heldCount: 1, missingCount: 1 },
      missing: [{ orderingKey: 'shop-order/1003' }],
    });
  });

  it('that is missing is marked, and its first attempt begins with a look-up', async () => {
    const { relay, check } = world([[sale('1003')]]);
    await check();
    const [found] = await openDeliveries(relay);
    expect(found?.event.reconciled).toBe(true);
    expect(found?.delivery.effect).toEqual({
      kind: 'possibly_done',
      since: Date.parse('2026-03-01T12:00:00Z'),
    });
  });

  it('that cannot be read is counted and stops no other', async () => {
    const { check, standing } = world([
      [{ ...sale('1'), data: 'no object' }, { ...sale('2'), id: '' }, sale('1003')],
    ]);
    await check();
    expect(standing()?.last?.counts).toMatchObject({ missingCount: 1, unreadableCount: 2 });
  });

  it('listed twice is brought in once', async () => {
    const { relay, check, standing } = world([[sale('1003')], [sale('1003')]]);
    await check();
    expect(standing()?.last?.counts).toMatchObject({ missingCount: 1, heldCount: 1 });
    expect(await openDeliveries(relay)).toHaveLength(1);
  });
});

describe('a check', () => {
  it('runs when it is due, from a little before where the last one ended', async () => {
    const { relay, check, ranges } = world([[], []]);
    await check();
    await check();
    expect(ranges).toHaveLength(2);
    relay.advance(900_000);
    await check();
    const [first, , third] = ranges;
    expect(third?.from).toBe((first?.to ?? 0) - limits.reconcileOverlapMs);
  });

  it('that breaks brings in nothing twice, tells, and goes on from its page', async () => {
    const { relay, check, ranges, told, standing } = world([[sale('1001')], null, [sale('1002')]]);
    await check();
    expect(standing()?.failure?.message).toBe('the API answered 503');
    expect(told[0]?.map(({ rule }) => rule)).toContain('reconciliation_failed');
    await check();
    expect(ranges.map(({ cursor }) => cursor)).toEqual([null, 'page-1', 'page-1']);
    expect(standing()).toMatchObject({ failure: null, last: { counts: { missingCount: 2 } } });
    expect(await openDeliveries(relay)).toHaveLength(2);
    expect(told[1]?.map(({ rule }) => rule)).toEqual(['events_missing']);
  });

  it('stops at a sequencer that is away, and loses nothing by it', async () => {
    const { relay, check, standing } = world([[sale('1001')], [sale('1001')]]);
    for (const partition of [0, 1, 2]) relay.down.add(partition);
    await check();
    expect(standing()?.failure?.message).toBe('the object is away');
    relay.down.clear();
    await check();
    expect(standing()?.last?.counts.missingCount).toBe(1);
  });

  it('tells of types the sender has no active webhook for', async () => {
    const { check, told, standing } = world([[]], ['order.placed']);
    await check();
    expect(standing()?.lost?.map(({ type }) => type)).toContain('order.paid');
    expect(told[0]).toMatchObject([{ rule: 'subscription_lost', cause: 'shop' }]);
  });
});
