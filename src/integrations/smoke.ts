// The smoke test: a signed event that goes the whole way of a webhook and changes nothing. `npm run smoke` sends it.
// Keep it in production: it shows after a deploy that ingest, storage, queue and delivery work together.

import { defineIntegration, defineSource, defineTarget, on } from '../core/define-integration.ts';
import { standardWebhooks } from '../core/sources/standard-webhooks.ts';
import { loopbackAdapter } from '../erp/loopback/loopback-adapter.ts';
import { relaySmoke } from '../operations/index.ts';

/** POST /hooks/smoke */
const smokeSource = defineSource({
  id: 'smoke',
  preset: standardWebhooks<{ readonly 'smoke.sent': { readonly note: string } }>(),
  secret: 'SMOKE_WEBHOOK_SECRET',
});

/** Answers by itself, without a network. */
const loopback = defineTarget({
  id: 'loopback',
  adapter: loopbackAdapter,
  baseUrl: null,
  credential: {},
  timeoutMs: 1_000,
  // Nothing is ever done, so nothing can be done late.
  quietMs: 0,
});

export const smoke = defineIntegration({
  name: 'smoke',
  sources: [smokeSource],
  targets: [loopback],
  routes: [
    on(smokeSource, 'smoke.sent').run(relaySmoke, {
      id: 'echo',
      target: loopback,
      subject: ({ payload }) => payload.data.note,
      input: ({ payload }) => ({ note: payload.data.note }),
    }),
  ],
});
