// QuickBooks (Intuit): thin events in batches, in the old form and as CloudEvents. Pure. Ids are counters of one company,
// so an entity's id begins with the company's.

import { isJsonObject, type JsonValue } from '../json.ts';
import { hmacScheme } from '../signature/hmac-scheme.ts';
import { quickBooksRow } from '../signature/schemes.ts';
import type { Entity, OpenTopics, SourcePreset } from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { listIn, objectOf } from './items.ts';
import { firstOf, type Read, textAt } from './read-place.ts';
import { days, okReply, seconds } from './replies.ts';

/** CloudEvents come as a list; the old form nests the changes of each company. */
function toItems(payload: JsonValue): readonly JsonValue[] | null {
  if (Array.isArray(payload)) return payload;
  if (isJsonObject(payload) && payload.specversion !== undefined) return [payload];
  const companies = listIn(payload, 'eventNotifications');
  return (
    companies?.flatMap((company) => {
      const { realmId, dataChangeEvent } = objectOf(company);
      return (listIn(dataChangeEvent, 'entities') ?? []).map((entity) => ({ ...objectOf(entity), realmId }));
    }) ?? null
  );
}

/** `qbo.invoice.updated.v1` is about an invoice; the old form names it. */
function readEntity(from: Read, type: string): Entity | null {
  const name = textAt(from, 'name') ?? type.split('.')[1] ?? null;
  const company = textAt(from, 'realmId') ?? textAt(from, 'intuitaccountid');
  const id = textAt(from, 'realmId') === null ? textAt(from, 'intuitentityid') : textAt(from, 'id');
  return company === null || id === null ? null : toEntity(name, `${company}:${id}`);
}

function readEventId(from: Read): string | undefined {
  const old = ['realmId', 'name', 'id', 'operation', 'lastUpdated'].map((path) => textAt(from, path));
  return old[0] === null ? (textAt(from, 'id') ?? undefined) : old.join(':');
}

function readType(from: Read): string | undefined {
  const [name, operation] = [textAt(from, 'name'), textAt(from, 'operation')];
  return name !== null && operation !== null ? `${name}.${operation}` : (textAt(from, 'type') ?? undefined);
}

export const quickbooks: SourcePreset<OpenTopics> = definePreset({
  name: 'quickbooks',
  scheme: hmacScheme(quickBooksRow),
  items: toItems,
  id: readEventId,
  type: readType,
  entity: readEntity,
  occurredAt: firstOf({ path: 'lastUpdated' }, { path: 'time' }),
  tenant: firstOf({ path: 'realmId' }, { path: 'intuitaccountid' }),
  thin: true,
  reply: okReply,
  delivery: { answerWithinMs: seconds(3), resendsForMs: days(14) },
});
