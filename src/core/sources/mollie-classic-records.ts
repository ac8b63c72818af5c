// Mollie's payments and orders, fetched when a classic webhook announces them. Pure; I/O is the given API's.
// The webhook says only that something changed, so the event's id is made of what the record says now.

import type { IdentityChanges, SenderApi } from '../enrich.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import type { IdentifiedEvent } from '../source.ts';
import {
  bearing,
  checkedId,
  defineRecords,
  type Fetched,
  notEnrichable,
  type RecordsApi,
  type SenderRecords,
} from './define-records.ts';
import { listIn, objectOf } from './items.ts';
import { mollieClassic } from './mollie-classic.ts';

/** `value` is a decimal string with the currency's digits. */
export type MollieAmount = { readonly currency: string; readonly value: string };

export type MolliePayment = {
  readonly resource: 'payment';
  readonly id: string;
  readonly mode: 'live' | 'test';
  readonly status: 'open' | 'pending' | 'authorized' | 'paid' | 'canceled' | 'expired' | 'failed';
  readonly amount: MollieAmount;
  readonly amountRefunded?: MollieAmount;
  readonly amountCaptured?: MollieAmount;
  readonly amountChargedBack?: MollieAmount;
  readonly description: string;
  readonly method: string | null;
  /** As it was given when the payment was created. */
  readonly metadata: JsonValue;
  readonly orderId?: string;
  readonly customerId?: string;
  readonly createdAt: string;
  readonly paidAt?: string;
};

export type MollieOrderLine = {
  readonly id: string;
  readonly sku: string | null;
  readonly name: string;
  readonly status: string;
  readonly quantity: number;
  readonly quantityShipped: number;
  readonly quantityRefunded: number;
  readonly quantityCanceled: number;
  readonly unitPrice: MollieAmount;
  readonly vatRate: string;
  readonly vatAmount: MollieAmount;
  readonly totalAmount: MollieAmount;
};

export type MollieOrder = {
  readonly resource: 'order';
  readonly id: string;
  readonly mode: 'live' | 'test';
  readonly status:
    | 'created'
    | 'pending'
    | 'authorized'
    | 'paid'
    | 'shipping'
    | 'completed'
    | 'canceled'
    | 'expired';
  readonly orderNumber: string;
  readonly amount: MollieAmount;
  readonly amountCaptured?: MollieAmount | null;
  readonly amountRefunded?: MollieAmount | null;
  readonly metadata: JsonValue;
  readonly lines: readonly MollieOrderLine[];
  readonly createdAt: string;
};

export type MollieRecordTopics = {
  readonly 'payment.changed': MolliePayment;
  readonly 'order.changed': MollieOrder;
};

/** Where each kind is, and what its ids look like. A dot may stand in an id, but never alone. */
const kinds = new Map([
  ['payment.changed', { path: '/payments/', form: /^tr_[A-Za-z0-9][A-Za-z0-9.]{0,63}$/ }],
  ['order.changed', { path: '/orders/', form: /^ord_[A-Za-z0-9][A-Za-z0-9.]{0,63}$/ }],
]);

async function fetchRecord({ type, payload }: IdentifiedEvent, api: SenderApi): Promise<Fetched> {
  const kind = kinds.get(type);
  const id = kind === undefined ? null : checkedId(objectOf(payload).id, kind.form);
  if (kind === undefined || id === null)
    return notEnrichable('the event names no payment and no order of Mollie');
  const answer = await api.get(`${kind.path}${id}`);
  return answer.ok ? bearing(answer.value, 'id', id) : answer;
}

function sumOf(lines: readonly JsonValue[], field: string): number {
  return lines.reduce<number>((sum, line) => sum + Number(objectOf(line)[field] ?? 0), 0);
}

/** Everything that Mollie announces a change of. */
function stateOf(record: JsonObject): string {
  const amounts = ['amountCaptured', 'amountRefunded', 'amountChargedBack'];
  const lines = listIn(record, 'lines') ?? [];
  const counts = ['quantityShipped', 'quantityRefunded', 'quantityCanceled'];
  return [
    record.status,
    ...amounts.map((name) => objectOf(record[name]).value ?? '0'),
    ...(lines.length === 0 ? [] : counts.map((name) => sumOf(lines, name))),
  ].join(':');
}

function identify(_event: IdentifiedEvent, payload: JsonValue): IdentityChanges {
  return isJsonObject(payload) ? { eventId: `${String(payload.id)}:${stateOf(payload)}` } : {};
}

/**
 * `baseUrl` names the variable that holds `https://api.mollie.com/v2`, `token` the secret with the API key. There is no
 * `record`: which state is announced is not told.
 */
export function mollieClassicRecords(api: RecordsApi): SenderRecords<MollieRecordTopics> {
  return defineRecords<MollieRecordTopics>({
    preset: mollieClassic,
    api,
    types: ['payment.changed', 'order.changed'],
    identify,
    fetch: fetchRecord,
  });
}
