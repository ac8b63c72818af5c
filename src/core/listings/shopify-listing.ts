// What Shopify's Admin API lists of orders, as the webhooks that should have come. Base URL:
// `https://{shop}.myshopify.com/admin/api/{version}`, token: an Admin API access token with read_orders (orders older than
// 60 days need read_all_orders). Source: shopify.dev, Admin REST API, Order and Webhook resources. Pure.

import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import type { ListedWebhook, SourceListing } from '../reconcile.ts';
import { ok } from '../result.ts';
import { endsWithPath, idOf, readList, textOf } from './read-list.ts';

/** Some 400 KB an answer: an order has about 8 KB. */
const pageSize = 50;

type TopicRule = {
  readonly topic: string;
  /** What of the order the webhook holds; none where it did not happen. */
  readonly payloads: (order: JsonObject) => readonly JsonObject[];
  readonly isState: boolean;
};

const wholeOrder = (happened: (order: JsonObject) => boolean) => (order: JsonObject) =>
  happened(order) ? [order] : [];

const paidStates: readonly JsonValue[] = ['paid', 'partially_refunded', 'refunded'];

/** In the order in which they happen, so that what is brought in together keeps it. */
const rules: readonly TopicRule[] = [
  { topic: 'orders/create', payloads: wholeOrder(() => true), isState: false },
  {
    topic: 'orders/paid',
    payloads: wholeOrder(
      ({ financial_status: status }) => status !== undefined && paidStates.includes(status),
    ),
    isState: false,
  },
  {
    topic: 'orders/fulfilled',
    payloads: wholeOrder(({ fulfillment_status: status }) => status === 'fulfilled'),
    isState: false,
  },
  {
    topic: 'refunds/create',
    payloads: ({ refunds }) =>
      Array.isArray(refunds) ? (refunds as readonly JsonValue[]).filter(isJsonObject) : [],
    isState: false,
  },
  {
    topic: 'orders/cancelled',
    payloads: wholeOrder(({ cancelled_at: at }) => typeof at === 'string'),
    isState: false,
  },
  { topic: 'orders/updated', payloads: wholeOrder(() => true), isState: true },
];

function toWebhooks(order: JsonObject, types: readonly string[]): ListedWebhook[] {
  return rules
    .filter(({ topic }) => types.includes(topic))
    .flatMap(({ topic, payloads, isState }) =>
      payloads(order).map((payload): ListedWebhook => {
        const version = isState ? `:${textOf(payload.updated_at)}` : '';
        const id = `reconciled:${topic}:${idOf(payload.id)}${version}`;
        return { headers: { 'x-shopify-topic': topic, 'x-shopify-webhook-id': id }, payload, isState };
      }),
    );
}

export const shopifyListing: SourceListing = {
  types: rules.map(({ topic }) => topic),
  reachMs: null,
  list: async (api, { from, to, cursor, types }) => {
    // By id, so that an order that changes while pages are read keeps its place.
    const answer = await api.get('/orders.json', {
      status: 'any',
      limit: String(pageSize),
      since_id: cursor ?? '0',
      updated_at_min: new Date(from).toISOString(),
      updated_at_max: new Date(to).toISOString(),
    });
    if (!answer.ok) return answer;
    const orders = readList(answer.value, 'orders');
    if (!orders.ok) return orders;
    const last = idOf(orders.value.at(-1)?.id);
    return ok({
      webhooks: orders.value.flatMap((order) => toWebhooks(order, types)),
      cursor: orders.value.length < pageSize || last === '' ? null : last,
    });
  },
  subscriptions: async (api, { path }) => {
    const answer = await api.get('/webhooks.json', { limit: '250' });
    if (!answer.ok) return answer;
    const webhooks = readList(answer.value, 'webhooks');
    if (!webhooks.ok) return webhooks;
    // Shopify deletes what fails for too long: there is no state but being there.
    return ok(
      webhooks.value
        .filter(({ address }) => endsWithPath(address, path))
        .map(({ topic }) => ({ type: textOf(topic), state: 'active' as const })),
    );
  },
};
