// Signers of payment, accounting and parcel senders that sign with HMAC, as those senders sign. See signing.ts for the rules.

import { timedList } from './senders-shops.ts';
import { bodySigner, hmac, json, type Signer, type Signing, toIso, toIsoSeconds, wrap } from './signing.ts';

const shippoHeaders = timedList('shippo-auth-signature', { separator: ',', keys: ['t', 'v1'], join: '.' });
const paddleHeaders = timedList('paddle-signature', { separator: ';', keys: ['ts', 'h1'], join: ':' });

const signShippo: Signer = ({ secret, topic, payload, now }) => {
  const body = wrap(payload, () => ({ event: topic, test: false, data: payload, carrier: 'usps' }));
  return { body, headers: shippoHeaders(secret, body, now) };
};

const signShippoByToken: Signer = (signing) => {
  const { body } = signShippo(signing);
  return { body, headers: json, query: `token=${encodeURIComponent(signing.secret)}` };
};

const signPaddle: Signer = ({ secret, topic, payload, now, id, occurredAt = now }) => {
  const body = wrap(payload, () => ({
    event_id: id,
    event_type: topic,
    occurred_at: toIso(occurredAt),
    notification_id: `ntf_${id}`,
    data: payload,
  }));
  return { body, headers: paddleHeaders(secret, body, now) };
};

const signSquare: Signer = ({ secret, topic, payload, now, id, occurredAt = now, url = '' }) => {
  const object = payload as { id?: string };
  const body = wrap(payload, () => ({
    merchant_id: 'MLEFBHHSJGVHD',
    type: topic,
    event_id: id,
    created_at: toIso(occurredAt),
    data: {
      type: topic.split('.')[0],
      id: object.id ?? id,
      object: { [topic.split('.')[0] ?? '']: payload },
    },
  }));
  const signature = hmac(secret, url + body).toString('base64');
  return { body, headers: { ...json, 'x-square-hmacsha256-signature': signature } };
};

const adyenFields = (item: Record<string, unknown>): string => {
  const amount = (item.amount ?? {}) as Record<string, unknown>;
  return [
    item.pspReference,
    item.originalReference,
    item.merchantAccountCode,
    item.merchantReference,
    amount.value,
    amount.currency,
    item.eventCode,
    item.success,
  ]
    .map((field) => field ?? '')
    .join(':');
};

/** `payload`: one item, or a list of items. */
const signAdyen: Signer = ({ secret, topic, payload, now, id, occurredAt = now }) => {
  const items = (Array.isArray(payload) ? payload : [payload]) as Record<string, unknown>[];
  const signed = items.map((fields, index) => {
    const item = {
      eventCode: topic,
      pspReference: index === 0 ? id : `${id}-${index}`,
      eventDate: toIsoSeconds(occurredAt),
      success: 'true',
      ...fields,
    };
    const hmacSignature = hmac(Buffer.from(secret, 'hex'), adyenFields(item)).toString('base64');
    return { NotificationRequestItem: { ...item, additionalData: { hmacSignature } } };
  });
  const body = wrap(payload, () => ({ live: 'false', notificationItems: signed }));
  return { body, headers: json };
};

const occurred = ({ occurredAt, now }: Signing): number => occurredAt ?? now;

export const paymentSigners = {
  square: signSquare,
  adyen: signAdyen,
  'adyen-platform': bodySigner({
    header: 'hmacsignature',
    encoding: 'base64',
    key: (secret) => Buffer.from(secret, 'hex'),
    headers: () => ({ protocol: 'HmacSHA256' }),
    envelope: (signing) => ({
      type: signing.topic,
      environment: 'test',
      timestamp: toIsoSeconds(occurred(signing)),
      data: signing.payload,
    }),
  }),
  mollie: bodySigner({
    header: 'x-mollie-signature',
    prefix: 'sha256=',
    envelope: (signing) => ({
      resource: 'event',
      id: signing.id,
      type: signing.topic,
      entityId: (signing.payload as { id?: string }).id ?? 'pl_1',
      createdAt: toIso(occurred(signing)),
      _embedded: { entity: signing.payload },
    }),
  }),
  'mollie-classic': (signing) => ({
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: typeof signing.payload === 'string' ? signing.payload : `id=${signing.id}`,
    query: `token=${encodeURIComponent(signing.secret)}`,
  }),
  paddle: signPaddle,
  'lemon-squeezy': bodySigner({
    header: 'x-signature',
    headers: ({ topic }) => ({ 'x-event-name': topic }),
    envelope: ({ topic, payload }) => ({ meta: { event_name: topic, custom_data: {} }, data: payload }),
  }),
  gocardless: bodySigner({
    header: 'webhook-signature',
    envelope: (signing) => {
      const [resource_type, action] = signing.topic.split('.');
      const events = Array.isArray(signing.payload) ? signing.payload : [signing.payload];
      const created_at = toIso(occurred(signing));
      return {
        events: events.map((event, index) => ({
          id: index === 0 ? signing.id : `${signing.id}${index}`,
          created_at,
          resource_type,
          action,
          ...event,
        })),
        meta: { webhook_id: 'WB123' },
      };
    },
  }),
  xero: bodySigner({
    header: 'x-xero-signature',
    encoding: 'base64',
    envelope: (signing) => ({
      events: Array.isArray(signing.payload) ? signing.payload : [signing.payload],
      firstEventSequence: 1,
      lastEventSequence: 1,
      entropy: 'S0m3r4Nd0mt3xt',
    }),
  }),
  quickbooks: bodySigner({
    header: 'intuit-signature',
    encoding: 'base64',
    envelope: ({ payload }) => ({
      eventNotifications: [
        {
          realmId: '1185883450',
          dataChangeEvent: { entities: Array.isArray(payload) ? payload : [payload] },
        },
      ],
    }),
  }),
  shippo: signShippo,
  'shippo-by-token': signShippoByToken,
} as const satisfies Record<string, Signer>;
