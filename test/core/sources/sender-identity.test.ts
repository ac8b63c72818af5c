// What each preset reads of a genuine request: id, type, entity and time; and that none of it changes when the sender
// renders or sends the same event again, or a retry would be accepted as a second event.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sender } from '../../../scripts/lib/senders.ts';
import { limits } from '../../../src/core/limits.ts';
import type { EventIdentity, ReceivedRequest, VerifiedRequest } from '../../../src/core/source.ts';
import { semanticIdOf } from '../../../src/core/sources/semantic-id.ts';
import { noon } from '../../support/requests.ts';
import { receivedBy, senderCases, signedBy } from '../../support/sender-cases.ts';
import { presetOf } from '../../support/sender-presets.ts';

const second = Math.floor(noon / 1000) * 1000;

/** Of the first sample of each sender, about S1001, with the event id evt-S1001-1, at noon. */
const expected: Readonly<
  Partial<Record<Sender, readonly [id: string, type: string, entity: string | null]>>
> = {
  bigcommerce: ['evt-S1001-1', 'store/order/created', 'order/1001'],
  square: ['evt-S1001-1', 'payment.created', 'payment/S1001'],
  adyen: ['AUTHORISATION:evt-S1001-1:true', 'AUTHORISATION', 'payment/evt-S1001-1'],
  'adyen-platform': ['sha256', 'balancePlatform.accountHolder.updated', 'account_holder/S1001'],
  mollie: ['evt-S1001-1', 'payment-link.paid', 'payment_link/S1001'],
  'mollie-classic': ['evt-S1001-1:req_1', 'object.changed', 'object/evt-S1001-1'],
  paddle: ['evt-S1001-1', 'transaction.completed', 'transaction/S1001'],
  'lemon-squeezy': ['sha256', 'order_created', 'order/S1001'],
  gocardless: ['evt-S1001-1', 'payments.confirmed', 'payment/S1001'],
  shippo: ['sha256', 'track_updated', 'parcel/S1001'],
  'shippo-by-token': ['sha256', 'track_updated', 'parcel/S1001'],
  sns: ['evt-S1001-1', 'ORDER_CHANGE', 'order/S1001'],
  paypal: ['evt-S1001-1', 'PAYMENT.CAPTURE.COMPLETED', 'paypal_order/ORDER-S1001'],
  ebay: ['evt-S1001-1', 'MARKETPLACE_ACCOUNT_DELETION', 'ebay_user/S1001'],
  'adobe-io-events': ['evt-S1001-1', 'com.adobe.commerce.observer.sales_order_save_after', 'order/S1001'],
  plaid: ['sha256', 'TRANSACTIONS.SYNC_UPDATES_AVAILABLE', 'item/S1001'],
  shipstation: ['sha256', 'API_TRACK', 'parcel/S1001'],
  sendgrid: ['evt-S1001-1', 'delivered', 'email/S1001'],
  discord: ['sha256', 'APPLICATION_AUTHORIZED', 'discord_user/S1001'],
  twilio: ['S1001:delivered', 'message.delivered', 'message/S1001'],
  mailgun: ['evt-S1001-1', 'delivered', 'email/S1001'],
  hubspot: [`12345:1001:${noon}`, 'contact.creation', 'contact/62515:1001'],
  zendesk: ['evt-S1001-1', 'zen:event-type:ticket.created', 'ticket/S1001'],
  typeform: ['evt-S1001-1', 'form_response', 'response/S1001'],
  docusign: [
    `S1001:envelope-completed:${new Date(noon).toISOString().replace('Z', '0000Z')}`,
    'envelope-completed',
    'envelope/S1001',
  ],
  easypost: ['evt-S1001-1', 'tracker.updated', 'tracker/S1001'],
  'easypost-v2': ['evt-S1001-1', 'tracker.updated', 'tracker/S1001'],
  github: ['evt-S1001-1', 'issues.opened', 'issue/1001'],
  bitbucket: ['sha256', 'pullrequest:updated', 'pull_request/{a-repository}:1001'],
  meta: ['sha256', 'page.feed', 'page/123'],
  gitlab: ['evt-S1001-1', 'merge_request.open', 'merge_request/15:1001'],
  linear: ['evt-S1001-1', 'Issue.update', 'issue/S1001'],
  slack: ['evt-S1001-1', 'message', 'slack_channel/T1DC2JH3J:S1001'],
  zoom: ['sha256', 'meeting.started', 'meeting/S1001'],
  okta: ['evt-S1001-1', 'user.lifecycle.create', 'user/S1001'],
  auth0: ['evt-S1001-1', 'user.created', 'user/S1001'],
  'microsoft-graph': ['sha256', 'message.created', 'message/S1001'],
  frappe: ['sha256', 'sales_order.on_submit', 'order/S1001'],
  'business-central': ['sha256', 'items.updated', 'items/S1001'],
  odoo: ['sha256', 'sale.order.order_confirmed', 'order/S1001'],
  xero: [
    `c2cc9b6e-9458-4c7d-93cc-f02b81b0594f:INVOICE:UPDATE:S1001:${new Date(noon).toISOString().slice(0, -1)}`,
    'INVOICE.UPDATE',
    'invoice/S1001',
  ],
  quickbooks: [
    `1185883450:Invoice:S1001:Update:${new Date(noon).toISOString()}`,
    'Invoice.Update',
    'invoice/1185883450:S1001',
  ],
};

/** Their ids and times are told in the tests of their own. */
const firstPresets: readonly Sender[] = [
  'shopify',
  'stripe',
  'woocommerce',
  'standard-webhooks',
  'generic-hmac',
];
const further = senderCases.filter(({ sender }) => !firstPresets.includes(sender));

/** A form says when Twilio writes it; Mollie's and Twilio's classic forms say nothing. */
const timeless: readonly Sender[] = ['mollie-classic', 'twilio', 'microsoft-graph', 'adyen-platform', 'meta'];

async function identitiesOf(sender: Sender, request: ReceivedRequest): Promise<readonly EventIdentity[]> {
  const preset = presetOf(sender);
  const verified: VerifiedRequest = { ...request, verifiedWith: 'current' };
  const read = await (preset.identifyMany?.(verified) ?? preset.identify(verified));
  if (!read.ok) throw new Error(`${read.error.field} ${read.error.rule}`);
  const items = Array.isArray(read.value) ? read.value : [{ ok: true, value: read.value }];
  return items.map((item) => {
    if (!item.ok) throw new Error(`${item.error.field} ${item.error.rule}`);
    return item.value as EventIdentity;
  });
}

function told({ eventId, type, entity }: EventIdentity) {
  const id = eventId.startsWith('sha256_') ? 'sha256' : eventId;
  return [id, type, entity === null ? null : `${entity.kind}/${entity.id}`];
}

describe.each(further)('an event of $sender', ({ sender }) => {
  it('has its id, type and entity', async () => {
    const [identity] = await identitiesOf(sender, receivedBy(signedBy(sender)));
    expect(identity === undefined ? null : told(identity)).toEqual(expected[sender]);
  });

  it('has the time at which it happened, not that of sending', async () => {
    const sentLater = signedBy(sender, { now: noon + 7_000, occurredAt: noon });
    const [identity] = await identitiesOf(sender, receivedBy(sentLater));
    if (timeless.includes(sender)) expect([null, noon, second]).toContain(identity?.occurredAt);
    // Plaid and ShipStation tell the time of sending alone, or one of the body.
    else if (sender === 'plaid') expect(identity?.occurredAt).toBe(second + 7_000);
    else expect([noon, second]).toContain(identity?.occurredAt);
  });

  it('is another event about another thing', async () => {
    const [first] = await identitiesOf(sender, receivedBy(signedBy(sender)));
    const [other] = await identitiesOf(sender, receivedBy(signedBy(sender, { about: 'S2002', id: 'evt-2' })));
    expect(other?.eventId).not.toBe(first?.eventId);
  });

  it('is remembered for longer than it may be sent again', () => {
    const { delivery } = presetOf(sender);
    expect(delivery?.resendsForMs ?? 0).toBeLessThanOrEqual(limits.replacedStateHorizonMs);
  });
});

/** Fields of the attempt, in the body of these senders. */
const volatile: Readonly<Partial<Record<Sender, (body: Record<string, unknown>, attempt: number) => void>>> =
  {
    ebay: (body, attempt) => {
      const notification = body.notification as Record<string, unknown>;
      notification.publishAttemptCount = attempt;
      notification.publishDate = new Date(noon + attempt * 60_000).toISOString();
    },
    docusign: (body, attempt) => {
      body.retryCount = attempt;
    },
    easypost: (body, attempt) => {
      body.updated_at = new Date(noon + attempt * 60_000).toISOString();
      body.pending_urls = ['x'.repeat(attempt)];
    },
    hubspot: (body, attempt) => {
      for (const event of body as unknown as Record<string, unknown>[]) event.attemptNumber = attempt;
    },
    mailgun: (body, attempt) => {
      (body.signature as Record<string, unknown>).token = `token-${attempt}`;
    },
    linear: (body, attempt) => {
      body.webhookTimestamp = noon + attempt * 60_000;
    },
  };

/** Mollie's classic webhooks are all alike, and Plaid repeats itself: there every arrival counts (see the presets). */
const everyArrivalCounts: readonly Sender[] = ['mollie-classic', 'plaid'];
const renderable = further.filter(
  ({ sender }) => !everyArrivalCounts.includes(sender) && sender !== 'twilio' && sender !== 'sns',
);

/** Puts the keys of every object in an order drawn from `seed`. */
function shuffleKeys(value: unknown, seed: number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffleKeys(item, seed));
  if (typeof value !== 'object' || value === null) return value;
  const rank = (key: string) =>
    [...key].reduce((hash, character) => (hash * 31 + character.charCodeAt(0) * seed) % 9973, 7);
  const entries = Object.entries(value).sort(([a], [b]) => rank(a) - rank(b));
  return Object.fromEntries(entries.map(([key, inner]) => [key, shuffleKeys(inner, seed)]));
}

const rendering = fc.record({
  seed: fc.integer({ min: 1, max: 9972 }),
  indent: fc.constantFrom(undefined, 1, 4, '\t'),
  attempt: fc.integer({ min: 2, max: 20 }),
});

describe.each(renderable)('one event of $sender', ({ sender }) => {
  it('keeps its identity in every rendering and at every attempt', async () => {
    const first = signedBy(sender);
    const comparable = async (request: ReceivedRequest) =>
      (await identitiesOf(sender, request)).map(({ payload: _payload, ...identity }) => identity);
    const before = await comparable(receivedBy(first));
    await fc.assert(
      fc.asyncProperty(rendering, async ({ seed, indent, attempt }) => {
        const body = JSON.parse(first.body) as Record<string, unknown>;
        volatile[sender]?.(body, attempt);
        const text = JSON.stringify(shuffleKeys(body, seed), null, indent);
        const again = receivedBy({ ...first, body: text }, noon + attempt * 60_000);
        const headers = {
          ...again.headers,
          'user-agent': `attempt ${attempt}`,
          'x-retry-count': String(attempt),
        };
        expect(await comparable({ ...again, headers })).toEqual(before);
      }),
      { numRuns: 25 },
    );
  });
});

describe('the semantic id', () => {
  it('is the same for one state of one thing, whatever the event ids', async () => {
    const ids = await Promise.all(
      ['evt-1', 'evt-2'].map(async (id) => {
        const [identity] = await identitiesOf('square', receivedBy(signedBy('square', { id })));
        return identity === undefined ? null : semanticIdOf('square', identity);
      }),
    );
    expect(ids[0]).toBe(`square/payment.created/payment/S1001/${noon}`);
    expect(ids[1]).toBe(ids[0]);
  });

  it('is none where nothing tells versions apart, or there is no entity', () => {
    const identity = { type: 'a', entity: { kind: 'order', id: '1' }, sequence: null, occurredAt: null };
    expect(semanticIdOf('shop', identity)).toBeNull();
    expect(semanticIdOf('shop', { ...identity, entity: null, sequence: 4 })).toBeNull();
    expect(semanticIdOf('shop', { ...identity, version: 'a/b' })).toBe('shop/a/order/1/a%2Fb');
  });
});
