// Which route a delivery runs, and how its event is read, as the present code sees it. Pure look-ups.

import { routeOfDelivery } from '../core/batch.ts';
import type { Delivery } from '../core/delivery.ts';
import type { WebhookEvent } from '../core/event.ts';
import type { RelayDefinition } from '../core/relay-definition.ts';
import type { Route } from '../core/route.ts';
import type { SourcePreset } from '../core/source.ts';

export type RunnableRoute = { readonly route: Route; readonly preset: Pick<SourcePreset, 'parsePayload'> };

/** Null: this version of the relay has no such route or source. */
export function findRunnableRoute(
  rules: Pick<RelayDefinition, 'sources' | 'findRoute'>,
  event: Pick<WebhookEvent, 'source'>,
  delivery: Pick<Delivery, 'routeId' | 'own'>,
): RunnableRoute | null {
  const route = rules.findRoute(delivery.routeId);
  const preset = rules.sources.get(event.source)?.preset;
  if (route === null || preset === undefined) return null;
  return { route: routeOfDelivery(route, delivery), preset };
}
