// Signers of code hosts, chat, meetings and identity, as those senders sign. See signing.ts for the rules.

import { standardHeaders, standardKey } from './senders-shops.ts';
import { bodySigner, hmac, json, type Signer, toIso, toSeconds, wrap } from './signing.ts';

/** Slack and Zoom: `v0:time:body`. */
function versioned(header: string, timestampHeader: string) {
  return (secret: string, body: string, now: number): Record<string, string> => {
    const timestamp = String(toSeconds(now));
    const signature = hmac(secret, `v0:${timestamp}:${body}`).toString('hex');
    return { ...json, [timestampHeader]: timestamp, [header]: `v0=${signature}` };
  };
}

const slackHeaders = versioned('x-slack-signature', 'x-slack-request-timestamp');
const zoomHeaders = versioned('x-zm-signature', 'x-zm-request-timestamp');

const signSlack: Signer = ({ secret, topic, payload, now, id, occurredAt = now }) => {
  const body = wrap(payload, () => ({
    token: 'XXYYZZ',
    team_id: 'T1DC2JH3J',
    api_app_id: 'A1',
    event: { type: topic, event_ts: (occurredAt / 1000).toFixed(6), ...(payload as object) },
    type: 'event_callback',
    event_id: id,
    event_time: toSeconds(occurredAt),
  }));
  return { body, headers: slackHeaders(secret, body, now) };
};

const signZoom: Signer = ({ secret, topic, payload, now, occurredAt = now }) => {
  const body = wrap(payload, () => ({
    event: topic,
    event_ts: occurredAt,
    payload: { account_id: 'AAAAAABBBB', object: payload },
  }));
  return { body, headers: zoomHeaders(secret, body, now) };
};

const signLinear: Signer = ({ secret, topic, payload, now, id, occurredAt = now }) => {
  const [type, action] = topic.split('.');
  const body = wrap(payload, () => ({
    action,
    type,
    data: payload,
    createdAt: toIso(occurredAt),
    organizationId: 'org-1',
    webhookTimestamp: now,
  }));
  return {
    body,
    headers: {
      ...json,
      'linear-delivery': id,
      'linear-event': type ?? '',
      'linear-timestamp': String(now),
      'linear-signature': hmac(secret, body).toString('hex'),
    },
  };
};

const signGitLab: Signer = ({ secret, topic, payload, now, id }) => {
  const [object_kind, action] = topic.split('.');
  const object = payload as { object_attributes?: object };
  const body = wrap(payload, () => ({
    object_kind,
    ...object,
    ...(action === undefined ? {} : { object_attributes: { ...object.object_attributes, action } }),
  }));
  const headers = { ...json, 'x-gitlab-event': `${object_kind} Hook`, 'idempotency-key': id };
  return secret.startsWith('whsec_')
    ? { body, headers: { ...headers, ...standardHeaders(standardKey(secret), { id, now, body }) } }
    : { body, headers: { ...headers, 'x-gitlab-token': secret } };
};

const signOkta: Signer = ({ secret, topic, payload, now, id, occurredAt = now }) => {
  const events = Array.isArray(payload) ? payload : [payload];
  const body = wrap(payload, () => ({
    eventId: `hook-${id}`,
    eventTime: toIso(now),
    eventType: 'com.okta.event_hook',
    data: {
      events: events.map((event, index) => ({
        uuid: index === 0 ? id : `${id}-${index}`,
        eventType: topic,
        published: toIso(occurredAt),
        ...event,
      })),
    },
  }));
  return { body, headers: { ...json, authorization: secret } };
};

const signAuth0: Signer = ({ secret, topic, payload, now, id, occurredAt = now }) => {
  const body = wrap(payload, () => ({
    id,
    type: topic,
    specversion: '1.0',
    time: toIso(occurredAt),
    data: { object: payload },
  }));
  return { body, headers: { ...json, authorization: `Bearer ${secret}` } };
};

const signGraph: Signer = ({ secret, topic, payload, id }) => {
  const values = Array.isArray(payload) ? payload : [payload];
  const body = wrap(payload, () => ({
    value: values.map((value, index) => ({
      id: index === 0 ? id : `${id}-${index}`,
      subscriptionId: '76619225-ff6b-4746-b9d1-9d4d8d0b2f1a',
      changeType: topic.split('.')[1],
      clientState: secret,
      tenantId: '84bd8158-6d4d-4958-8b9f-9d6445542f95',
      ...value,
    })),
  }));
  return { body, headers: json };
};

export const workSigners = {
  github: bodySigner({
    header: 'x-hub-signature-256',
    prefix: 'sha256=',
    headers: ({ topic, id }) => ({ 'x-github-event': topic.split('.')[0] ?? '', 'x-github-delivery': id }),
    envelope: ({ topic, payload }) => ({ action: topic.split('.')[1], ...(payload as object) }),
  }),
  bitbucket: bodySigner({
    header: 'x-hub-signature',
    prefix: 'sha256=',
    headers: ({ topic, now }) => ({ 'x-event-key': topic, 'x-request-uuid': `request-${now}` }),
  }),
  meta: bodySigner({
    header: 'x-hub-signature-256',
    prefix: 'sha256=',
    envelope: ({ topic, payload, now, occurredAt = now }) => {
      const [object, field] = topic.split('.');
      const values = Array.isArray(payload) ? payload : [payload];
      const changes = values.map((value) => ({ field, value }));
      return { object, entry: [{ id: '123', time: toSeconds(occurredAt), changes }] };
    },
  }),
  gitlab: signGitLab,
  linear: signLinear,
  slack: signSlack,
  zoom: signZoom,
  okta: signOkta,
  auth0: signAuth0,
  'microsoft-graph': signGraph,
} as const satisfies Record<string, Signer>;
