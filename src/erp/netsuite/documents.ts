// What NetSuite's documents have in common: references `{ id, refName }`, lines below `item.items`, amounts as numbers. Pure.

import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { amountOf, objectsOf, textOf } from '../rest/read-rest.ts';

export function idIn(reference: JsonValue | undefined): string {
  return isJsonObject(reference) ? textOf(reference.id) : textOf(reference);
}

export function nameIn(reference: JsonValue | undefined): string {
  return isJsonObject(reference) ? textOf(reference.refName) : '';
}

export function headOf(document: JsonObject) {
  const id = textOf(document.id);
  return { documentId: id, documentNumber: textOf(document.tranId) || id };
}

/** The ISO code of the document's currency; what NetSuite calls it where it is none of the configured. */
export function currencyOf({ currency }: JsonObject, currencies: Readonly<Record<string, string>>): string {
  const id = idIn(currency);
  return Object.entries(currencies).find(([, known]) => known === id)?.[0] ?? nameIn(currency);
}

export function linesOf({ item }: JsonObject): readonly JsonObject[] {
  return objectsOf(isJsonObject(item) ? item.items : undefined);
}

export function goodsOf(document: JsonObject, leaveOut: readonly (string | undefined)[] = []) {
  return linesOf(document)
    .map((line) => ({ sku: nameIn(line.item), quantity: Math.abs(Number(line.quantity)) }))
    .filter(({ sku, quantity }) => !leaveOut.includes(sku) && quantity > 0);
}

export function amountIn(document: JsonObject, field: string): string | null {
  return amountOf(document[field]);
}

export function dayOf({ tranDate }: JsonObject): string | null {
  return /^\d{4}-\d{2}-\d{2}/.exec(textOf(tranDate))?.[0] ?? null;
}
