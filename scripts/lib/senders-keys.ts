// Signers of senders with key pairs, as those senders sign. `secret` is the private key: of a sender whose keys are on its
// own servers nobody else has it, and such a request proves only what a test wants to know. See signing.ts for the rules.

import { createHash, sign as signBytes } from 'node:crypto';
import { json, type Signer, signWithKey, toBody, toIso, toIsoSeconds, toSeconds, wrap } from './signing.ts';

/** Where the keys of these senders are said to be, as in real requests. */
export const keyPlaces = {
  snsCertificate: 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem',
  paypalCertificate: 'https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-1d93a270',
  adobePaths: ['/prod/keys/pub-key-1.pem', '/prod/keys/pub-key-2.pem'],
  keyId: '9936261a-7d7b-4621-a0f1-96ccb428af49',
} as const;

const snsFields = [
  'Message',
  'MessageId',
  'SubscribeURL',
  'Subject',
  'Timestamp',
  'Token',
  'TopicArn',
  'Type',
];

/** Signs the fields that are there, in their order: of a notification and of a control message alike. */
export function signSnsMessage(
  message: Record<string, unknown>,
  key: string,
  version: '1' | '2' = '2',
): Record<string, unknown> {
  const content = snsFields
    .filter((name) => typeof message[name] === 'string')
    .map((name) => `${name}\n${message[name]}\n`)
    .join('');
  return {
    ...message,
    SignatureVersion: version,
    Signature: signWithKey(key, content, version === '1' ? 'sha1' : 'sha256').toString('base64'),
    SigningCertURL: keyPlaces.snsCertificate,
  };
}

const signSns: Signer = ({ secret, topic, payload, now, id, occurredAt = now, account = '' }) => {
  const message = {
    Type: 'Notification',
    MessageId: id,
    TopicArn: account,
    Subject: topic,
    Message: toBody(payload),
    Timestamp: toIso(occurredAt),
  };
  const headers = {
    'content-type': 'text/plain; charset=UTF-8',
    'x-amz-sns-message-type': 'Notification',
    'x-amz-sns-message-id': id,
    'x-amz-sns-topic-arn': account,
  };
  return { body: wrap(payload, () => signSnsMessage(message, secret)), headers };
};

/** CRC-32 with a table of its own: Node's zlib has one only from 22 on. */
function crc32(text: string): number {
  let value = ~0;
  for (const byte of Buffer.from(text)) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ ((value & 1) * 0xedb88320);
  }
  return ~value >>> 0;
}

const signPayPal: Signer = ({ secret, topic, payload, now, id, occurredAt = now, account = '' }) => {
  const body = wrap(payload, () => ({
    id,
    event_version: '1.0',
    create_time: toIsoSeconds(occurredAt),
    resource_type: topic.startsWith('CHECKOUT') ? 'checkout-order' : 'capture',
    event_type: topic,
    summary: 'Payment completed',
    resource: payload,
  }));
  const transmission = `transmission-${id}`;
  const time = toIsoSeconds(now);
  const content = `${transmission}|${time}|${account}|${crc32(body)}`;
  return {
    body,
    headers: {
      ...json,
      'paypal-transmission-id': transmission,
      'paypal-transmission-time': time,
      'paypal-transmission-sig': signWithKey(secret, content, 'sha256').toString('base64'),
      'paypal-cert-url': keyPlaces.paypalCertificate,
      'paypal-auth-algo': 'SHA256withRSA',
    },
  };
};

const signEbay: Signer = ({ secret, topic, payload, now, id, occurredAt = now }) => {
  const body = wrap(payload, () => ({
    metadata: { topic, schemaVersion: '1.0', deprecated: false },
    notification: {
      notificationId: id,
      eventDate: toIso(occurredAt),
      publishDate: toIso(now),
      publishAttemptCount: 1,
      data: payload,
    },
  }));
  const signature = signWithKey(secret, body, 'sha1').toString('base64');
  const parts = { alg: 'ecdsa', kid: keyPlaces.keyId, signature, digest: 'SHA1' };
  const value = Buffer.from(JSON.stringify(parts)).toString('base64');
  return { body, headers: { ...json, 'x-ebay-signature': value } };
};

const signAdobe: Signer = ({ secret, topic, payload, now, id, occurredAt = now, account = '' }) => {
  const body = wrap(payload, () => ({
    event_id: id,
    type: topic,
    time: toIso(occurredAt),
    event: { data: payload },
    recipient_client_id: account,
  }));
  const signature = signWithKey(secret, body, 'sha256').toString('base64');
  const [first, second] = keyPlaces.adobePaths;
  return {
    body,
    headers: {
      ...json,
      'x-adobe-event-id': id,
      'x-adobe-event-code': topic,
      'x-adobe-digital-signature-1': signature,
      'x-adobe-digital-signature-2': signature,
      'x-adobe-public-key1-path': first,
      'x-adobe-public-key2-path': second,
    },
  };
};

const toPart = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A compact JWT, ES256 or RS256 by the kind of the key. */
export function signJwt(
  claims: Record<string, unknown>,
  key: string,
  header: Record<string, unknown> = { alg: 'ES256', kid: keyPlaces.keyId, typ: 'JWT' },
): string {
  const content = `${toPart(header)}.${toPart(claims)}`;
  const signature = signBytes('sha256', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' });
  return `${content}.${signature.toString('base64url')}`;
}

const signPlaid: Signer = ({ secret, topic, payload, now, account = '' }) => {
  const [webhook_type, webhook_code] = topic.split('.');
  const body = wrap(payload, () => ({ webhook_type, webhook_code, error: null, ...(payload as object) }));
  const digest = createHash('sha256').update(body).digest('hex');
  const token = signJwt({ iat: toSeconds(now), request_body_sha256: digest }, secret);
  return {
    body,
    headers: { ...json, 'plaid-verification': token },
    query: `token=${encodeURIComponent(account)}`,
  };
};

const signShipStation: Signer = ({ secret, topic, payload, now, account = '' }) => {
  const body = wrap(payload, () => ({
    resource_url: 'https://api.shipengine.com/v1/tracking',
    resource_type: topic,
    data: payload,
  }));
  const timestamp = toIsoSeconds(now);
  return {
    body,
    headers: {
      ...json,
      'x-shipengine-rsa-sha256-key-id': keyPlaces.keyId,
      'x-shipengine-rsa-sha256-signature': signWithKey(secret, `${timestamp}.${body}`, 'sha256').toString(
        'base64',
      ),
      'x-shipengine-timestamp': timestamp,
    },
    query: `token=${encodeURIComponent(account)}`,
  };
};

const signSendGrid: Signer = ({ secret, topic, payload, now, id, occurredAt = now }) => {
  const events = Array.isArray(payload) ? payload : [payload];
  const body = wrap(payload, () =>
    events.map((event, index) => ({
      event: topic,
      timestamp: toSeconds(occurredAt),
      sg_event_id: index === 0 ? id : `${id}-${index}`,
      ...event,
    })),
  );
  const timestamp = String(toSeconds(now));
  const name = 'x-twilio-email-event-webhook';
  return {
    body,
    headers: {
      ...json,
      [`${name}-signature`]: signWithKey(secret, timestamp + body, 'sha256').toString('base64'),
      [`${name}-timestamp`]: timestamp,
    },
  };
};

const signDiscord: Signer = ({ secret, topic, payload, now, occurredAt = now }) => {
  const body = wrap(payload, () => ({
    version: 1,
    application_id: '1234560123453231555',
    type: 1,
    event: { type: topic, timestamp: toIso(occurredAt), data: payload },
  }));
  const timestamp = String(toSeconds(now));
  return {
    body,
    headers: {
      ...json,
      'x-signature-ed25519': signWithKey(secret, timestamp + body, null).toString('hex'),
      'x-signature-timestamp': timestamp,
    },
  };
};

export const keySigners = {
  sns: signSns,
  paypal: signPayPal,
  ebay: signEbay,
  'adobe-io-events': signAdobe,
  plaid: signPlaid,
  shipstation: signShipStation,
  sendgrid: signSendGrid,
  discord: signDiscord,
} as const satisfies Record<string, Signer>;
