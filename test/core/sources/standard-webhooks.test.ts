// What Standard Webhooks events are read as: the signed id, the event's own time, the family that was verified.
import { describe, expect, expectTypeOf, it } from 'vitest';
import { standardEvent } from '../../../scripts/lib/payloads.ts';
import { signedRequest } from '../../../scripts/lib/senders.ts';
import type { ReceivedRequest, SourcePreset } from '../../../src/core/source.ts';
import { type StandardWebhook, standardWebhooks } from '../../../src/core/sources/standard-webhooks.ts';
import { noon, received, receivedFrom } from '../../support/requests.ts';

type Data = { readonly 'parcel.sent': { readonly order_id: string } };

async function identify(request: ReceivedRequest) {
  const identity = await standardWebhooks<Data>().identify({ ...request, verifiedWith: 'current' });
  return identity.ok ? identity.value : identity.error;
}

const signed = signedRequest('standard-webhooks', {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  topic: 'parcel.sent',
  payload: standardEvent({ orderId: '1001' }),
  now: noon + 60_000,
  occurredAt: noon,
  id: 'msg_1',
});

describe('a Standard Webhooks event', () => {
  it('is read with the signed id and the time of the event, not of the attempt', async () => {
    expect(await identify(receivedFrom(signed))).toMatchObject({
      eventId: 'msg_1',
      type: 'parcel.sent',
      entity: null,
      sequence: noon,
      occurredAt: noon,
      payload: { data: { order_id: '1001' } },
    });
  });

  it('takes the id of the verified family, whatever unsigned one is put beside it', async () => {
    const svix = { 'svix-id': 'msg_svix', 'svix-timestamp': '1', 'svix-signature': 'v1,x' };
    const body = signed.body;
    expect(await identify(received({ headers: { ...svix, 'webhook-id': 'forged' }, body }))).toMatchObject({
      eventId: 'msg_svix',
    });
    expect(await identify(receivedFrom(signed, { headers: { ...svix, 'svix-id': 'forged' } }))).toMatchObject(
      { eventId: 'msg_1' },
    );
  });

  it('without a time is ordered by arrival, without a type is a problem', async () => {
    const headers = { 'webhook-id': 'msg_2', 'webhook-signature': 'v1,x' };
    expect(await identify(received({ headers, body: '{"type":"a","data":{}}' }))).toMatchObject({
      sequence: null,
      occurredAt: null,
    });
    expect(await identify(received({ headers, body: '{"data":{}}' }))).toMatchObject({
      reason: 'missing_field',
      field: 'body $.type',
    });
    expect(await identify(received({ headers: {}, body: '{"type":"a"}' }))).toMatchObject({
      field: 'header webhook-id',
    });
  });

  it('has the payload type of its topic', () => {
    type Topics = typeof preset extends SourcePreset<infer T> ? T : never;
    const preset = standardWebhooks<Data>();
    expectTypeOf<Topics['parcel.sent']>().toEqualTypeOf<
      StandardWebhook<'parcel.sent', { readonly order_id: string }>
    >();
    expect(preset.topics).toBeNull();
  });
});
