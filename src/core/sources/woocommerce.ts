// WooCommerce: signature, a made event id, type, entity, order, and the unsigned ping of a saved webhook. Pure.
// Its own delivery id may not be used: it is a hash of the webhook id and the second, so two orders share it.

import { parseInstant } from '../parse-instant.ts';
import { ok, type Result } from '../result.ts';
import { hmacScheme } from '../signature/hmac-scheme.ts';
import { woocommerceRow } from '../signature/schemes.ts';
import type {
  Entity,
  EventIdentity,
  HandshakeAnswer,
  ParseProblem,
  ReceivedRequest,
  SourcePreset,
  VerifiedRequest,
} from '../source.ts';
import { parseJsonBody } from './parse-json-body.ts';
import { readIdAt, readIdHeader, readObject } from './read-field.ts';
import type { WooCommerceTopics } from './woocommerce-payloads.ts';

const encoder = new TextEncoder();
const pingDecoder = new TextDecoder('utf-8');
const ping = /^webhook_id=\d{1,20}$/;
/** `webhook_id=` and the twenty digits of a 64-bit integer, bytes: a longer body is no ping. */
const maxPingBytes = 31;
const entityKinds: ReadonlySet<string> = new Set(['order', 'customer', 'product', 'coupon']);

/** A digest over `parts` and the body: a repeat of the same request has the same id, two orders of one second have two. */
async function digestId(parts: readonly (string | null)[], body: Uint8Array<ArrayBuffer>): Promise<string> {
  // JSON keeps the parts apart, whatever they contain; it ends before the body begins.
  const head = encoder.encode(JSON.stringify(parts));
  const content = new Uint8Array(head.length + body.length);
  content.set(head);
  content.set(body, head.length);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content));
  return `woo_${[...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

async function identify(request: VerifiedRequest): Promise<Result<EventIdentity, ParseProblem>> {
  const type = readIdHeader(request.headers, 'x-wc-webhook-topic');
  if (!type.ok) return type;
  const payload = parseJsonBody(request.body);
  if (!payload.ok) return payload;
  const body = readObject(payload.value);
  if (!body.ok) return body;
  const kind = type.value.split('.')[0] ?? '';
  const isResource = entityKinds.has(kind);
  const id = readIdAt(payload.value, ['id']);
  // `action.…` topics carry the arguments of a WordPress action: they have no resource.
  if (isResource && !id.ok) return id;
  const entity: Entity | null = isResource && id.ok ? { kind, id: id.value } : null;
  const modified = textOrNull(body.value.date_modified_gmt);
  // Without a time two deletions of one id (with a restoration between) look the same: there the second they happened
  // in, which is all a delivery id tells, keeps them apart.
  const occasion = modified ?? request.headers['x-wc-webhook-delivery-id'] ?? null;
  const webhookId = request.headers['x-wc-webhook-id'] ?? null;
  const eventId = await digestId([webhookId, type.value, entity?.id ?? null, occasion], request.body);
  // Written without its zone, which is GMT.
  const modifiedAt = modified === null ? null : parseInstant(`${modified}Z`);
  return ok({
    eventId,
    type: type.value,
    entity,
    sequence: modifiedAt,
    occurredAt: modifiedAt,
    payload: payload.value,
  });
}

/** On saving a webhook WooCommerce posts `webhook_id=N`, unsigned, and wants a 200 before it activates the webhook. */
function handshake(request: ReceivedRequest): HandshakeAnswer | null {
  const { headers, body } = request;
  if (request.method !== 'POST' || headers['x-wc-webhook-signature'] !== undefined) return null;
  const contentType = (headers['content-type'] ?? '').toLowerCase();
  if (!contentType.startsWith('application/x-www-form-urlencoded') || body.length > maxPingBytes) return null;
  if (!ping.test(pingDecoder.decode(body))) return null;
  return { name: 'woocommerce_ping', status: 200, contentType: 'text/plain; charset=utf-8', body: 'ok' };
}

export const woocommerce: SourcePreset<WooCommerceTopics> = {
  name: 'woocommerce',
  scheme: hmacScheme(woocommerceRow),
  topics: null,
  parsePayload: (request) => parseJsonBody(request.body),
  identify,
  handshake,
};
