// An event whose source has other entity rules behind it: planned under today's key and under each earlier one that differs.
import { describe, expect, it } from 'vitest';
import { compileIntegrations } from '../../src/core/compile-integrations.ts';
import { defineIntegration } from '../../src/core/define-integration.ts';
import type { SourceDefinition } from '../../src/core/relay-definition.ts';
import type { EarlierEntityRule, EventIdentity } from '../../src/core/source.ts';
import { chooseEntity } from '../../src/pipeline/choose-entity.ts';
import { planEvent } from '../../src/pipeline/plan-event.ts';
import { testTime } from '../support/records.ts';
import { relayWith } from '../support/relay.ts';

const definition = relayWith({});
const request = { source: 'shop', requestId: 'req-1', receivedAt: testTime, headers: {} };
const identity: EventIdentity = {
  ...{ eventId: 'e1', type: 'order.placed', sequence: null, occurredAt: null },
  entity: { kind: 'order', id: '7' },
  payload: { data: { id: '7', total: '1.00' } },
};

function plan(rules: Pick<SourceDefinition, 'entity' | 'earlierEntities'>) {
  const chosen = chooseEntity({ id: 'shop', ...rules }, {}, identity);
  if (!chosen.ok) throw new Error(`no entity: ${chosen.error.rule}`);
  return planEvent(definition, request, chosen.value);
}

const rule = (untilGeneration: number, entity: EarlierEntityRule['entity']): EarlierEntityRule => ({
  untilGeneration,
  entity,
});

describe('a planned event', () => {
  it('has nothing earlier where its source has no earlier rules', () => {
    expect(plan({})).not.toHaveProperty('earlier');
    expect(plan({}).event.orderingKey).toBe('order/7');
  });

  it('is planned with the operation keys of each earlier ordering key, the first first', () => {
    const planned = plan({
      entity: () => ({ kind: 'shop-order', id: '7' }),
      earlierEntities: [rule(1, () => null), rule(2, ({ entity }) => entity)],
    });
    const [delivery] = planned.deliveries;
    expect(delivery?.operationKey).toBe('shop-order/7/erp/sale.confirm');
    expect(
      planned.earlier?.map(({ untilGeneration, event, deliveries }) => [
        untilGeneration,
        event.orderingKey,
        deliveries[0]?.operationKey,
      ]),
    ).toEqual([
      [1, 'event/shop/e1', 'event/shop/e1/erp/sale.confirm'],
      [2, 'order/7', 'order/7/erp/sale.confirm'],
    ]);
  });

  it('leaves out an earlier rule that says the same, and one that never took the event', () => {
    const broken = rule(1, () => {
      throw new Error('this rule knew no such event');
    });
    expect(plan({ earlierEntities: [broken, rule(2, ({ entity }) => entity)] })).not.toHaveProperty(
      'earlier',
    );
  });
});

it('earlier rules stand in the order of their generations', () => {
  const shop = definition.sources.get('shop');
  if (shop === undefined) throw new Error('the shop is gone');
  const earlierEntities = [rule(2, () => null), rule(2, () => null), rule(0, () => null)];
  const compiled = compileIntegrations([
    defineIntegration({ name: 'shop', sources: [{ ...shop, earlierEntities }], targets: [], routes: [] }),
  ]);
  const fields = compiled.ok ? [] : compiled.error.map(({ field }) => field);
  expect(fields.filter((field) => field.includes('[1].untilGeneration'))).toHaveLength(1);
  expect(fields.filter((field) => field.includes('[2].untilGeneration'))).toHaveLength(2);
});
