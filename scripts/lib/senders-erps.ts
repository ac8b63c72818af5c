// Signers of ERPs that send webhooks themselves, as those senders sign. See signing.ts for the rules.

import { bodySigner, json, type Signer, toIso, wrap } from './signing.ts';

/** `sales_order` → Sales Order */
const toTitle = (kind: string): string =>
  kind.replace(
    /(?:^|_)([a-z])/g,
    (match, letter: string) => (match.startsWith('_') ? ' ' : '') + letter.toUpperCase(),
  );

/** `2026-11-24 09:00:00` */
const toDatabaseTime = (at: number): string => toIso(at).replace('T', ' ').slice(0, 19);

const signBusinessCentral: Signer = ({ secret, topic, payload, now, occurredAt = now }) => {
  const values = Array.isArray(payload) ? payload : [payload];
  const body = wrap(payload, () => ({
    value: values.map((value) => ({
      subscriptionId: '5fd1e9a2b2a34f0e8c1d',
      clientState: secret,
      expirationDateTime: toIso(now + 259_200_000),
      changeType: topic.split('.')[1],
      lastModifiedDateTime: toIso(occurredAt),
      ...value,
    })),
  }));
  return { body, headers: json };
};

const signOdoo: Signer = ({ secret, topic, payload, now, occurredAt = now }) => {
  const dot = topic.lastIndexOf('.');
  const body = wrap(payload, () => ({
    _model: topic.slice(0, dot),
    _action: `${topic.slice(dot + 1).replaceAll('_', ' ')}(#12)`,
    write_date: toDatabaseTime(occurredAt),
    ...(payload as object),
  }));
  return { body, headers: json, query: `token=${encodeURIComponent(secret)}` };
};

export const erpSigners = {
  frappe: bodySigner({
    header: 'x-frappe-webhook-signature',
    encoding: 'base64',
    envelope: ({ topic, payload, now, occurredAt = now }) => {
      const dot = topic.lastIndexOf('.');
      const modified = `${toDatabaseTime(occurredAt)}.000000`;
      return {
        doctype: toTitle(topic.slice(0, dot)),
        event: topic.slice(dot + 1),
        modified,
        ...(payload as object),
      };
    },
  }),
  'business-central': signBusinessCentral,
  odoo: signOdoo,
} as const satisfies Record<string, Signer>;
