// Subscriptions of Business Central end after three days: those that end soon are renewed, those that are missing are made.
// Business Central asks the source's URL for its validation token meanwhile, which the preset answers. Keeps nothing.

import type { AdapterFailure, ErpConnection } from '../../core/erp.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { RenewSubscriptions, SubscriptionWish } from '../../core/subscriptions.ts';
import { broken, objectsOf, readRest, textOf } from '../rest/read-rest.ts';
import { bcDialect } from './bc-errors.ts';
import type { BusinessCentralOptions } from './bc-options.ts';

type Held = { readonly kind: 'held'; readonly subscriptions: readonly JsonObject[] } | AdapterFailure;

export function createRenewSubscriptions({ companyId }: BusinessCentralOptions): RenewSubscriptions {
  return async (erp, wish) => {
    const held = await readHeld(erp, wish);
    if (held.kind !== 'held') return held;
    const counts = { createdCount: 0, renewedCount: 0, keptCount: 0 };
    for (const collection of wish.resources) {
      const place = `companies(${companyId})/${collection}`;
      const known = held.subscriptions.find((one) => isOf(one, place));
      if (known !== undefined && holdsLongEnough(known, wish)) {
        counts.keptCount += 1;
        continue;
      }
      const saved = await save(erp, wish, { known, resource: `/api/v2.0/${place}` });
      if (saved !== null) return saved;
      if (known === undefined) counts.createdCount += 1;
      else counts.renewedCount += 1;
    }
    return { kind: 'renewed', ...counts };
  };
}

/** Those that lead here; there may be others', which are nobody's business. */
async function readHeld(erp: ErpConnection, { notificationUrl }: SubscriptionWish): Promise<Held> {
  const sent = await erp.send({ method: 'GET', path: '/subscriptions', write: false });
  const read = readRest(bcDialect, sent, { isWrite: false, fieldNames: {} });
  if (read.kind !== 'answer') return read;
  const value = isJsonObject(read.json) ? read.json.value : undefined;
  if (!Array.isArray(value)) return broken('$.value', 'array', value);
  const subscriptions = objectsOf(value).filter((one) => one.notificationUrl === notificationUrl);
  return { kind: 'held', subscriptions };
}

/** The service writes resources with and without the host, and ids in either case. */
function isOf({ resource }: JsonObject, place: string): boolean {
  return textOf(resource).toLowerCase().endsWith(`/${place.toLowerCase()}`);
}

function holdsLongEnough({ expirationDateTime }: JsonObject, { now, renewBeforeMs }: SubscriptionWish) {
  return Date.parse(textOf(expirationDateTime)) - now > renewBeforeMs;
}

/** Null: it is done. */
async function save(
  erp: ErpConnection,
  { notificationUrl, clientState }: SubscriptionWish,
  { known, resource }: { readonly known: JsonObject | undefined; readonly resource: string },
): Promise<AdapterFailure | null> {
  const body = { notificationUrl, resource, clientState };
  const id = textOf(known?.subscriptionId).replaceAll("'", "''");
  const sent = await erp.send(
    known === undefined
      ? { method: 'POST', path: '/subscriptions', body, write: true }
      : {
          ...{ method: 'PATCH', path: `/subscriptions('${encodeURIComponent(id)}')`, body, write: true },
          headers: { 'if-match': textOf(known['@odata.etag']) || '*' },
        },
  );
  const read = readRest(bcDialect, sent, { isWrite: true, fieldNames: {} });
  return read.kind === 'answer' ? null : read;
}
