// What WooCommerce's REST API lists of orders, as the webhooks that should have come; WooCommerce itself never sends one
// again. Base URL: `https://{shop}/wp-json/wc/v3`, token: `consumer_key:consumer_secret` of a key that may read (send it by
// `basicToken`). Source: woocommerce.github.io/woocommerce-rest-api-docs, Orders and Webhooks. Pure.

import type { JsonObject } from '../json.ts';
import type { ListedWebhook, SourceListing } from '../reconcile.ts';
import { ok } from '../result.ts';
import { endsWithPath, idOf, readList, textOf } from './read-list.ts';

/** Some 300 KB an answer. */
const pageSize = 50;

const created = 'order.created';
const updated = 'order.updated';

/** `Authorization` of a consumer key and its secret, written `key:secret`. */
export function basicToken(token: string): Readonly<Record<string, string>> {
  return { authorization: `Basic ${btoa(token)}` };
}

function toWebhooks(order: JsonObject, types: readonly string[]): ListedWebhook[] {
  return [created, updated]
    .filter((type) => types.includes(type))
    .map((type) => ({
      // Its preset makes the id of topic and body: no header gives one.
      headers: { 'x-wc-webhook-topic': type },
      payload: order,
      isState: type === updated,
    }));
}

/** As its own filter wants it: GMT without a zone. */
const gmt = (at: number): string => new Date(at).toISOString().slice(0, 19);

export const woocommerceListing: SourceListing = {
  types: [created, updated],
  reachMs: null,
  list: async (api, { from, to, cursor, types }) => {
    const page = Number(cursor ?? '1');
    const answer = await api.get('/orders', {
      per_page: String(pageSize),
      page: String(page),
      orderby: 'id',
      order: 'asc',
      dates_are_gmt: 'true',
      modified_after: gmt(from - 1_000),
      modified_before: gmt(to + 1_000),
    });
    if (!answer.ok) return answer;
    const orders = readList(answer.value, null);
    if (!orders.ok) return orders;
    return ok({
      webhooks: orders.value.filter(({ id }) => idOf(id) !== '').flatMap((order) => toWebhooks(order, types)),
      cursor: orders.value.length < pageSize ? null : String(page + 1),
    });
  },
  subscriptions: async (api, { path }) => {
    const answer = await api.get('/webhooks', { per_page: '100' });
    if (!answer.ok) return answer;
    const webhooks = readList(answer.value, null);
    if (!webhooks.ok) return webhooks;
    return ok(
      webhooks.value
        .filter(({ delivery_url: address }) => endsWithPath(address, path))
        .map(({ topic, status }) => ({
          type: textOf(topic),
          // It disables a webhook that failed more than five times; `paused` is a person's doing, and sends nothing either.
          state: status === 'active' ? ('active' as const) : ('disabled' as const),
        })),
    );
  },
};
