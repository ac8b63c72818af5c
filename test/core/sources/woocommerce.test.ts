// What WooCommerce's webhooks are read as, with ids that do not collide where WooCommerce's own do, and its ping.
import { describe, expect, it } from 'vitest';
import { wooOrder } from '../../../scripts/lib/payloads.ts';
import { signedRequest } from '../../../scripts/lib/senders.ts';
import type { EventIdentity, ParseProblem, ReceivedRequest } from '../../../src/core/source.ts';
import { woocommerce } from '../../../src/core/sources/woocommerce.ts';
import { noon, received, receivedFrom } from '../../support/requests.ts';

async function identify(request: ReceivedRequest): Promise<EventIdentity | ParseProblem> {
  const identity = await woocommerce.identify({ ...request, verifiedWith: 'current' });
  return identity.ok ? identity.value : identity.error;
}

function webhook(
  topic: string,
  payload: unknown,
  options: { now?: number; id?: string } = {},
): ReceivedRequest {
  return receivedFrom(
    signedRequest('woocommerce', {
      secret: 's',
      topic,
      payload,
      now: options.now ?? noon,
      id: options.id ?? '142',
    }),
  );
}

async function idOf(request: ReceivedRequest): Promise<string> {
  const identity = await identify(request);
  return 'eventId' in identity ? identity.eventId : identity.reason;
}

describe('a WooCommerce webhook', () => {
  it('is an event of its resource, ordered by its time of change in GMT', async () => {
    expect(await identify(webhook('order.updated', wooOrder({ id: 727, at: noon })))).toMatchObject({
      eventId: expect.stringMatching(/^woo_[0-9a-f]{64}$/),
      type: 'order.updated',
      entity: { kind: 'order', id: '727' },
      sequence: noon,
      occurredAt: noon,
      payload: { number: '727' },
    });
  });

  it('is one event when it is sent again, and two orders of one second are two events', async () => {
    const first = webhook('order.created', wooOrder({ id: 727, at: noon }));
    const second = webhook('order.created', wooOrder({ id: 728, at: noon }));
    expect(first.headers['x-wc-webhook-delivery-id']).toBe(second.headers['x-wc-webhook-delivery-id']);
    expect(await idOf(first)).not.toBe(await idOf(second));
    expect(await idOf(first)).toBe(await idOf(webhook('order.created', wooOrder({ id: 727, at: noon }))));
  });

  it('is another event for another webhook, topic, time of change or body', async () => {
    const order = wooOrder({ id: 727, at: noon });
    const ids = await Promise.all([
      idOf(webhook('order.updated', order)),
      idOf(webhook('order.created', order)),
      idOf(webhook('order.updated', order, { id: '143' })),
      idOf(webhook('order.updated', wooOrder({ id: 727, at: noon + 1000 }))),
      idOf(webhook('order.updated', { ...order, status: 'completed' })),
    ]);
    expect(new Set(ids).size).toBe(5);
  });

  it('of a deletion knows the id alone; deleted, restored and deleted again is two events', async () => {
    const deleted = webhook('order.deleted', { id: 727 });
    expect(await identify(deleted)).toMatchObject({
      type: 'order.deleted',
      entity: { kind: 'order', id: '727' },
      sequence: null,
      occurredAt: null,
      payload: { id: 727 },
    });
    expect(await idOf(deleted)).toBe(await idOf(webhook('order.deleted', { id: 727 })));
    expect(await idOf(deleted)).not.toBe(
      await idOf(webhook('order.deleted', { id: 727 }, { now: noon + 60_000 })),
    );
  });

  it.each([
    ['customer.updated', { id: 26, date_modified_gmt: null }, { kind: 'customer', id: '26' }],
    ['product.updated', { id: 5 }, { kind: 'product', id: '5' }],
    ['action.woocommerce_add_to_cart', { action: 'woocommerce_add_to_cart', arg: 'x' }, null],
  ])('%s belongs to what it is about', async (topic, body, entity) => {
    expect(await identify(webhook(topic, body))).toMatchObject({ entity, sequence: null });
  });

  it.each([
    [{}, '{"id":1}', { reason: 'missing_field', field: 'header x-wc-webhook-topic' }],
    [{ 'x-wc-webhook-topic': 'order.updated' }, '{}', { reason: 'missing_field', field: 'body $.id' }],
    [{ 'x-wc-webhook-topic': 'order.updated' }, 'webhook_id=1', { reason: 'not_json', field: 'body $' }],
  ])('that says too little is a problem with its place: case %#', async (headers, body, problem) => {
    expect(await identify(received({ headers: headers as Record<string, string>, body }))).toMatchObject(
      problem,
    );
  });
});

describe('the ping of a saved WooCommerce webhook', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' };
  const context = { secrets: { current: 's', previous: null }, credentials: {}, publicUrl: null };

  it('is answered 200 without a signature', () => {
    expect(
      woocommerce.handshake?.(received({ headers: form, body: 'webhook_id=142' }), context),
    ).toMatchObject({
      status: 200,
    });
  });

  it.each([
    [received({ headers: form, body: 'webhook_id=142&status=active' })],
    [received({ headers: form, body: 'webhook_id=' })],
    [received({ headers: form, body: `webhook_id=${'1'.repeat(21)}` })],
    [received({ headers: form, body: '' })],
    [received({ headers: { 'content-type': 'application/json' }, body: 'webhook_id=142' })],
    [received({ headers: { ...form, 'x-wc-webhook-signature': 'x' }, body: 'webhook_id=142' })],
    [received({ headers: form, body: 'webhook_id=142', method: 'GET' })],
    [received({ headers: {}, body: '{"id":1}' })],
  ])('is nothing else: case %#', (request) => {
    expect(woocommerce.handshake?.(request, context)).toBeNull();
  });
});
