// Which route a delivery runs, and how its event is read, as the present code sees it. Pure look-ups.

import { routeOfDelivery } from '../core/batch.ts';
import type { Delivery } from '../core/delivery.ts';
import { directRoute, isDirectSource } from '../core/direct-request.ts';
import type { WebhookEvent } from '../core/event.ts';
import type { JsonValue } from '../core/json.ts';
import type { RelayDefinition } from '../core/relay-definition.ts';
import { ok } from '../core/result.ts';
import type { Route } from '../core/route.ts';
import type { SourcePreset } from '../core/source.ts';
import { findOperation } from '../operations/index.ts';

export type RunnableRoute = { readonly route: Route; readonly preset: Pick<SourcePreset, 'parsePayload'> };

/** Null: this version of the relay has no such route or source. */
export function findRunnableRoute(
  rules: Pick<RelayDefinition, 'sources' | 'findRoute'>,
  event: Pick<WebhookEvent, 'source' | 'type'>,
  delivery: Delivery,
): RunnableRoute | null {
  if (isDirectSource(event.source)) return findDirect(event, delivery);
  const route = rules.findRoute(delivery.routeId);
  const preset = rules.sources.get(event.source)?.preset;
  if (route === null || preset === undefined) return null;
  return { route: routeOfDelivery(route, delivery), preset };
}

/** A direct request has no route of an integration: its event's type is its operation. */
function findDirect(event: Pick<WebhookEvent, 'type'>, delivery: Delivery): RunnableRoute | null {
  const operation = findOperation(event.type);
  if (operation === null) return null;
  return { route: routeOfDelivery(directRoute(operation, delivery), delivery), preset: directPreset };
}

/** The relay wrote the body itself. */
const directPreset: RunnableRoute['preset'] = {
  parsePayload: ({ body }) => ok(JSON.parse(new TextDecoder().decode(body)) as JsonValue),
};
