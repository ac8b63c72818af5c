// Shopify: signature, event id, type, entity and order, for webhooks (`x-shopify-*`) and the newer events (`shopify-*`).
// Pure; only the body is signed, so nothing here trusts a header beyond naming the event.

import type { JsonValue } from '../json.ts';
import { ok, type Result } from '../result.ts';
import { firstPresent } from '../signature/combine-schemes.ts';
import { hmacScheme } from '../signature/hmac-scheme.ts';
import { shopifyRow } from '../signature/schemes.ts';
import type {
  Entity,
  EventIdentity,
  HeaderMap,
  ParseProblem,
  SourcePreset,
  VerifiedRequest,
} from '../source.ts';
import { parseJsonBody } from './parse-json-body.ts';
import { firstInstant, type JsonPath, missing, readId, readIdAt, readObject } from './read-field.ts';
import type { ShopifyTopics } from './shopify-payloads.ts';

type EntityRule = { readonly kind: string; readonly path: JsonPath };

/** Resource (the topic up to the slash) → the entity whose line its events belong to. Others have no entity. */
const entityRules: ReadonlyMap<string, EntityRule> = new Map([
  ['orders', { kind: 'order', path: ['id'] }],
  // What belongs to an order runs in the order's line.
  ['refunds', { kind: 'order', path: ['order_id'] }],
  ['fulfillments', { kind: 'order', path: ['order_id'] }],
  ['order_transactions', { kind: 'order', path: ['order_id'] }],
  ['draft_orders', { kind: 'draft_order', path: ['id'] }],
  ['products', { kind: 'product', path: ['id'] }],
  ['collections', { kind: 'collection', path: ['id'] }],
  ['customers', { kind: 'customer', path: ['id'] }],
  ['inventory_levels', { kind: 'stock', path: ['inventory_item_id'] }],
  ['inventory_items', { kind: 'stock', path: ['id'] }],
]);

/** Topics whose body is built otherwise than their resource's. */
const topicRules: ReadonlyMap<string, EntityRule> = new Map([
  ['orders/edited', { kind: 'order', path: ['order_edit', 'order_id'] }],
  ['customers/data_request', { kind: 'customer', path: ['customer', 'id'] }],
  ['customers/redact', { kind: 'customer', path: ['customer', 'id'] }],
]);

const globalId = /^gid:\/\/shopify\/([A-Za-z]+)\/([^/?]+)/;

/** A header of the newer family where it is there, else of the older one. */
function header(headers: HeaderMap, name: string): string | undefined {
  return headers[`shopify-${name}`] ?? headers[`x-shopify-${name}`];
}

function readType(headers: HeaderMap): Result<string, ParseProblem> {
  const topic = readId(header(headers, 'topic'), 'header x-shopify-topic');
  const action = headers['shopify-action'];
  // The newer family names the resource in the topic (`Product`) and the act in the action (`create`).
  return topic.ok && action !== undefined
    ? readId(`${topic.value}/${action}`, 'header shopify-topic')
    : topic;
}

/** `gid://shopify/Product/123` → product/123, so that both families meet in one line. */
function entityOfGlobalId(resourceId: string | undefined): Entity | null {
  const match = globalId.exec(resourceId ?? '');
  if (match === null) return null;
  const kind = (match[1] ?? '').replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase();
  return { kind, id: match[2] ?? '' };
}

function readEntity(
  type: string,
  headers: HeaderMap,
  payload: JsonValue,
): Result<Entity | null, ParseProblem> {
  const fromHeader = entityOfGlobalId(headers['shopify-resource-id']);
  if (fromHeader !== null) return ok(fromHeader);
  const rule = topicRules.get(type) ?? entityRules.get(type.split('/')[0] ?? '');
  if (rule === undefined) return ok(null);
  const id = readIdAt(payload, rule.path);
  return id.ok ? ok({ kind: rule.kind, id: id.value }) : id;
}

/**
 * The webhook id: one per delivery, the same on every retry of it. Not the event id, which is one per cause: an order
 * that is placed paid gives `orders/create`, `orders/paid` and one `inventory_levels/update` per line under ONE event
 * id, and all but the first would be swallowed. Two subscriptions to one topic do come as two events; the ledger
 * keeps their operations apart from being done twice. Where only an event id came, topic and entity make it unique.
 */
function readEventId(type: string, entity: Entity | null, headers: HeaderMap): Result<string, ParseProblem> {
  const webhookId = header(headers, 'webhook-id');
  if (webhookId !== undefined && webhookId !== '') return readId(webhookId, 'header x-shopify-webhook-id');
  const cause = header(headers, 'event-id');
  if (cause === undefined || cause === '') return missing('header x-shopify-webhook-id');
  return readId(`${cause}:${type}:${entity?.kind ?? ''}/${entity?.id ?? ''}`, 'header x-shopify-event-id');
}

/**
 * `updated_at` (else `created_at`) of the body, which is signed and tells the state the body holds. It has whole
 * seconds, so within one second the time of the trigger decides, up to its end.
 */
function readSequence(
  body: Readonly<Record<string, JsonValue | undefined>>,
  triggeredAt: number | null,
): number | null {
  const changedAt = firstInstant(body.updated_at, body.created_at);
  if (changedAt === null || triggeredAt === null || changedAt % 1000 !== 0) return changedAt ?? triggeredAt;
  return changedAt + Math.min(Math.max(triggeredAt - changedAt, 0), 999);
}

function identify(request: VerifiedRequest): Result<EventIdentity, ParseProblem> {
  const { headers } = request;
  const type = readType(headers);
  if (!type.ok) return type;
  const payload = parseJsonBody(request.body);
  if (!payload.ok) return payload;
  const body = readObject(payload.value);
  if (!body.ok) return body;
  const entity = readEntity(type.value, headers, payload.value);
  if (!entity.ok) return entity;
  const eventId = readEventId(type.value, entity.value, headers);
  if (!eventId.ok) return eventId;
  const triggeredAt = firstInstant(header(headers, 'triggered-at'));
  return ok({
    eventId: eventId.value,
    type: type.value,
    entity: entity.value,
    sequence: readSequence(body.value, triggeredAt),
    occurredAt: triggeredAt ?? firstInstant(body.value.updated_at, body.value.created_at),
    payload: payload.value,
  });
}

/** Both header families may come together; then the newer one, without `x-`, is the one that counts. */
const scheme = firstPresent('shopify', [
  hmacScheme(shopifyRow('shopify')),
  hmacScheme(shopifyRow('x-shopify')),
]);

export const shopify: SourcePreset<ShopifyTopics> = {
  name: 'shopify',
  scheme,
  topics: null,
  parsePayload: (request) => parseJsonBody(request.body),
  identify: async (request) => identify(request),
};
