// The example integrations with another entity rule, as a user would write them after a change: what was `order/1001` is
// `shop-order/1001`, and the rules before are kept beside the new ones.

import type { IntegrationDefinition, RouteDefinition } from '../../src/core/define-integration.ts';
import type { SourceDefinition } from '../../src/core/relay-definition.ts';
import type { Entity, IdentifiedEvent } from '../../src/core/source.ts';
import { payments } from '../../src/integrations/payments.ts';
import { shopOrders } from '../../src/integrations/shop-orders.ts';

const rekeyed = new Map<string, SourceDefinition>();

function rekey(source: SourceDefinition): SourceDefinition {
  const known = rekeyed.get(source.id);
  if (known !== undefined) return known;
  const before = (event: IdentifiedEvent): Entity | null => source.entity?.(event) ?? event.entity;
  const changed: SourceDefinition = {
    ...source,
    entity: (event) => {
      const entity = before(event);
      return entity?.kind === 'order' ? { kind: 'shop-order', id: entity.id } : entity;
    },
    earlierEntities: [{ untilGeneration: 1, entity: before }],
  };
  rekeyed.set(source.id, changed);
  return changed;
}

function rekeyRoute(route: RouteDefinition): RouteDefinition {
  const after = route.after?.map((each) =>
    typeof each === 'object' && 'source' in each ? { ...each, source: rekey(each.source) } : each,
  );
  return { ...route, source: rekey(route.source), ...(after === undefined ? {} : { after }) };
}

function rekeyAll(integration: IntegrationDefinition): IntegrationDefinition {
  const { sources, routes } = integration;
  return { ...integration, sources: sources.map(rekey), routes: routes.map(rekeyRoute) };
}

export const integrations = [shopOrders, payments].map(rekeyAll);
