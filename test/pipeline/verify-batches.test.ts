// Requests that hold several events: each item is an event of its own, and one that cannot be read stops no other.
import { describe, expect, it } from 'vitest';
import type { Sender } from '../../scripts/lib/senders.ts';
import { createKeyCache } from '../../src/core/signature/key-cache.ts';
import { toItemHeaders } from '../../src/pipeline/plan-event.ts';
import { verify } from '../../src/pipeline/verify.ts';
import { keysOf, receivedBy, signedBy, sourceOf } from '../support/sender-cases.ts';

const keys = createKeyCache();

async function batchOf(sender: Sender, payload: unknown) {
  const request = receivedBy(signedBy(sender, { payload }));
  const result = await verify(request, sourceOf(sender), { keys, remoteKeys: keysOf(sender) });
  if (!result.ok || result.value.kind !== 'intake') throw new Error(JSON.stringify(result));
  return result.value;
}

const idsOf = (items: Awaited<ReturnType<typeof batchOf>>['items']) =>
  items.map((item) => (item.ok ? item.value.identity.eventId : item.error.field));

const many = (count: number, item: (index: number) => object) =>
  Array.from({ length: count }, (_, index) => item(index));

describe('a batch', () => {
  it('of fifty SendGrid events is fifty events, of which those sent before keep their ids', async () => {
    const event = (index: number) => ({ sg_event_id: `e-${index}`, sg_message_id: `m-${index}.x` });
    const before = idsOf((await batchOf('sendgrid', many(50, event))).items);
    const after = idsOf(
      (
        await batchOf(
          'sendgrid',
          many(50, (index) => event(index + 40)),
        )
      ).items,
    );
    expect(new Set(before).size).toBe(50);
    expect(after.filter((id) => before.includes(id))).toHaveLength(10);
  });

  it.each([
    ['hubspot', many(3, (index) => ({ objectId: index + 1 }))],
    ['gocardless', many(3, (index) => ({ id: `EV${index}`, links: { payment: `PM${index}` } }))],
    ['okta', many(3, (index) => ({ uuid: `u-${index}`, target: [{ id: '1', type: 'User' }] }))],
    ['microsoft-graph', many(3, (index) => ({ id: `g-${index}`, resourceData: { id: '1' } }))],
    [
      'quickbooks',
      many(3, (index) => ({
        name: 'Invoice',
        id: `${index}`,
        operation: 'Update',
        lastUpdated: '2026-01-01T00:00:00Z',
      })),
    ],
    ['adyen', many(3, (index) => ({ merchantReference: `${index}`, amount: { value: 1, currency: 'EUR' } }))],
    [
      'xero',
      many(3, (index) => ({
        resourceId: `${index}`,
        eventDateUtc: '2026-01-01T00:00:00.000',
        eventType: 'UPDATE',
        eventCategory: 'INVOICE',
        tenantId: 't',
      })),
    ],
    ['meta', many(3, (index) => ({ comment_id: `${index}` }))],
  ] as const)('of %s has an event for each item', async (sender, payload) => {
    const { items } = await batchOf(sender, payload);
    expect(items.every((item) => item.ok)).toBe(true);
    expect(new Set(idsOf(items)).size).toBe(3);
  });

  it('with an item that is no event has that one problem', async () => {
    const payload = [{ sg_event_id: 'e-1' }, { sg_event_id: '' }, { sg_event_id: 'e-3' }];
    expect(idsOf((await batchOf('sendgrid', payload)).items)).toEqual(['e-1', 'item 1 $.sg_event_id', 'e-3']);
    const odd = await batchOf('hubspot', JSON.stringify([7, null, { subscriptionType: 'x' }]));
    expect(odd.items.every((item) => !item.ok)).toBe(true);
  });

  it('that has not its sender’s form, or holds too much, is no batch at all', async () => {
    const outcomeOf = async (payload: string) => {
      const request = receivedBy(signedBy('sendgrid', { payload }));
      const result = await verify(request, sourceOf('sendgrid'), { keys });
      return result.ok ? result.value.kind : result.error;
    };
    expect(await outcomeOf('{}')).toMatchObject({ kind: 'unparsable', problem: { field: 'body $' } });
    expect(await outcomeOf(JSON.stringify(many(2_001, () => ({}))))).toMatchObject({
      problem: { reason: 'too_many_items' },
    });
    expect(await outcomeOf('[]')).toBe('intake');
  });

  it('of one event is that event, whose body is the item', async () => {
    for (const sender of ['sendgrid', 'twilio', 'adyen', 'quickbooks', 'meta'] as const) {
      const result = await verify(receivedBy(signedBy(sender)), sourceOf(sender), { keys });
      if (!result.ok || result.value.kind !== 'event') throw new Error(JSON.stringify(result));
      const { request, identity } = result.value;
      const { preset } = sourceOf(sender);
      expect(request.headers).toEqual(toItemHeaders(request.headers));
      expect(preset.parsePayload(request)).toEqual({ ok: true, value: identity.payload });
      expect(await preset.identify(request)).toEqual({ ok: true, value: identity });
    }
  });
});
