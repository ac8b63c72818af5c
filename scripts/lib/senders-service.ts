// Signers of mail, telephone, support, forms, documents and EasyPost, as those senders sign. See signing.ts for the rules.

import {
  bodySigner,
  form,
  hmac,
  json,
  type Signer,
  sha256,
  toForm,
  toIso,
  toIsoSeconds,
  toSeconds,
  wrap,
} from './signing.ts';

const signTwilio: Signer = ({ secret, topic, payload, id, url = '' }) => {
  const fields = {
    AccountSid: 'AC00000000000000000000000000000001',
    MessageSid: id,
    MessageStatus: topic.split('.')[1] ?? topic,
    ...(payload as Record<string, string>),
  };
  const body = typeof payload === 'string' ? payload : toForm(fields);
  const signed = [...new URLSearchParams(body)].sort(([a], [b]) => (a < b ? -1 : 1));
  const content = url + signed.map(([name, value]) => name + value).join('');
  return {
    body,
    headers: { ...form, 'x-twilio-signature': hmac(secret, content, 'sha1').toString('base64') },
  };
};

const signMailgun: Signer = ({ secret, topic, payload, now, id, occurredAt = now }) => {
  const timestamp = String(toSeconds(now));
  const token = sha256(`${id}${now}`).slice(0, 50);
  const signature = hmac(secret, timestamp + token).toString('hex');
  const body = wrap(payload, () => ({
    signature: { timestamp, token, signature },
    'event-data': { event: topic, id, timestamp: occurredAt / 1000, ...(payload as object) },
  }));
  return { body, headers: json };
};

const hubspotBody = (signing: Parameters<Signer>[0]): string =>
  wrap(signing.payload, () =>
    (Array.isArray(signing.payload) ? signing.payload : [signing.payload]).map((event, index) => ({
      eventId: Number((event as { objectId?: number }).objectId ?? 0) + index,
      subscriptionId: 12345,
      portalId: 62515,
      appId: 54321,
      occurredAt: signing.occurredAt ?? signing.now,
      subscriptionType: signing.topic,
      attemptNumber: 0,
      ...event,
    })),
  );

const signHubSpot: Signer = (signing) => {
  const { secret, now, url = '' } = signing;
  const body = hubspotBody(signing);
  const signature = hmac(secret, `POST${url}${body}${now}`).toString('base64');
  return {
    body,
    headers: {
      ...json,
      // HubSpot sends its older signature beside the new one.
      'x-hubspot-signature-version': 'v1',
      'x-hubspot-signature': sha256(secret + body),
      'x-hubspot-request-timestamp': String(now),
      'x-hubspot-signature-v3': signature,
    },
  };
};

const signZendesk: Signer = ({ secret, topic, payload, now, id, occurredAt = now }) => {
  const body = wrap(payload, () => ({
    account_id: 123456,
    id,
    type: topic,
    subject: `zen:ticket:${(payload as { id?: string }).id ?? '1'}`,
    time: toIso(occurredAt),
    zendesk_event_version: '2022-11-06',
    event: {},
    detail: payload,
  }));
  const timestamp = toIsoSeconds(now);
  return {
    body,
    headers: {
      ...json,
      'x-zendesk-webhook-invocation-id': id,
      'x-zendesk-webhook-signature': hmac(secret, timestamp + body).toString('base64'),
      'x-zendesk-webhook-signature-timestamp': timestamp,
    },
  };
};

/** A second header of another key, as while a key is rotated. */
const signDocuSign: Signer = ({ secret, topic, payload, now, occurredAt = now }) => {
  const body = wrap(payload, () => ({
    event: topic,
    apiVersion: 'v2.1',
    retryCount: 0,
    generatedDateTime: toIso(occurredAt).replace('Z', '0000Z'),
    data: payload,
  }));
  return {
    body,
    headers: {
      ...json,
      'x-docusign-signature-1': hmac('a key of another receiver', body).toString('base64'),
      'x-docusign-signature-2': hmac(secret, body).toString('base64'),
    },
  };
};

const signEasyPostV2: Signer = ({ secret, topic, payload, now, id, occurredAt = now, url = '' }) => {
  const body = wrap(payload, () => easyPostEvent(id, topic, { payload, at: occurredAt }));
  const timestamp = new Date(now).toUTCString().replace('GMT', '+0000');
  const path = new URL(url).pathname;
  const content = `${timestamp}POST${path}${body}`;
  const signature = hmac(secret.normalize('NFKD'), content).toString('hex');
  return {
    body,
    headers: {
      ...json,
      'x-timestamp': timestamp,
      'x-path': path,
      'x-hmac-signature-v2': `hmac-sha256-hex=${signature}`,
    },
  };
};

const easyPostEvent = (id: string, description: string, of: { payload: unknown; at: number }) => ({
  id,
  object: 'Event',
  mode: 'test',
  description,
  created_at: toIso(of.at),
  updated_at: toIso(of.at),
  result: of.payload,
});

export const serviceSigners = {
  twilio: signTwilio,
  mailgun: signMailgun,
  hubspot: signHubSpot,
  zendesk: signZendesk,
  typeform: bodySigner({
    header: 'typeform-signature',
    prefix: 'sha256=',
    encoding: 'base64',
    envelope: ({ topic, payload, id, now, occurredAt = now }) => ({
      event_id: id,
      event_type: topic,
      form_response: { submitted_at: toIsoSeconds(occurredAt), ...(payload as object) },
    }),
  }),
  docusign: signDocuSign,
  easypost: bodySigner({
    header: 'x-hmac-signature',
    prefix: 'hmac-sha256-hex=',
    key: (secret) => secret.normalize('NFKD'),
    envelope: ({ topic, payload, id, now, occurredAt = now }) =>
      easyPostEvent(id, topic, { payload, at: occurredAt }),
  }),
  'easypost-v2': signEasyPostV2,
} as const satisfies Record<string, Signer>;
