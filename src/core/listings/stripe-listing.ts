// Stripe's own list of events: each is the body of the webhook that should have come, under the same event id. Base URL:
// `https://api.stripe.com/v1`, token: a restricted key that may read Events and Webhook Endpoints. Stripe keeps events for
// 30 days. Source: docs.stripe.com/api/events/list, docs.stripe.com/api/webhook_endpoints/list. Pure.

import type { JsonObject, JsonValue } from '../json.ts';
import type { SourceListing, Subscription } from '../reconcile.ts';
import { ok } from '../result.ts';
import { endsWithPath, idOf, readList, textOf } from './read-list.ts';

/** Stripe's most. */
const pageSize = 100;

const keptMs = 30 * 24 * 3600 * 1000;

function toSubscriptions({ enabled_events: types, status }: JsonObject): Subscription[] {
  const state = status === 'enabled' ? 'active' : 'disabled';
  return Array.isArray(types)
    ? (types as readonly JsonValue[]).map((type) => ({ type: textOf(type), state }))
    : [];
}

export const stripeListing: SourceListing = {
  types: null,
  reachMs: keptMs,
  list: async (api, { from, to, cursor, types: wanted }) => {
    const [only] = wanted;
    const answer = await api.get('/events', {
      limit: String(pageSize),
      'created[gte]': String(Math.floor(from / 1000)),
      'created[lte]': String(Math.ceil(to / 1000)),
      ...(wanted.length === 1 && only !== undefined ? { type: only } : {}),
      ...(cursor === null ? {} : { starting_after: cursor }),
    });
    if (!answer.ok) return answer;
    const events = readList(answer.value, 'data');
    if (!events.ok) return events;
    const hasMore = (answer.value as JsonObject).has_more === true;
    const last = idOf(events.value.at(-1)?.id);
    return ok({
      webhooks: events.value
        .filter(({ type }) => wanted.includes(textOf(type)))
        // The newest come first; what is brought in together is brought in as it happened.
        .toReversed()
        .map((payload) => ({ headers: {}, payload, isState: false })),
      cursor: hasMore && last !== '' ? last : null,
    });
  },
  subscriptions: async (api, { path }) => {
    const answer = await api.get('/webhook_endpoints', { limit: String(pageSize) });
    if (!answer.ok) return answer;
    const endpoints = readList(answer.value, 'data');
    if (!endpoints.ok) return endpoints;
    return ok(endpoints.value.filter(({ url }) => endsWithPath(url, path)).flatMap(toSubscriptions));
  },
};
