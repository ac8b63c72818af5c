// What changed in the sandbox ERP, by its audit log: every effect has a number, and the numbers are the cursor. Reads only.

import type { AdapterFailure, ErpConnection } from '../../core/erp.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Change, ChangeFeed } from '../../core/watch.ts';
import { contractBroken, readAnswer } from './read-answer.ts';

type Effects = { readonly kind: 'effects'; readonly effects: readonly JsonObject[] } | AdapterFailure;

async function readEffects(erp: ErpConnection, query: Readonly<Record<string, string>>): Promise<Effects> {
  const sent = await erp.send({ method: 'GET', path: '/api/audit', query, write: false });
  const answer = readAnswer(sent, false);
  if (answer.kind !== 'answer') return answer;
  const items = isJsonObject(answer.json) ? answer.json.items : undefined;
  if (!Array.isArray(items)) return contractBroken('$.items', 'array', items);
  const effects = items.filter(isJsonObject);
  const wrong = effects.find(({ number }) => typeof number !== 'number');
  if (wrong !== undefined || effects.length < items.length)
    return contractBroken('$.items[0].number', 'number', wrong?.number);
  return { kind: 'effects', effects };
}

/** `sale.confirm` → the order; all else → what the operation is about. */
function kindOf(operation: string): string {
  const [domain = 'document'] = operation.split('.');
  return domain === 'sale' || domain === 'invoice' ? 'order' : domain;
}

function toChange(effect: JsonObject): Change {
  const { number, operation, reference, at, relayKey } = effect;
  const type = String(operation);
  return {
    ...{ type, entity: { kind: kindOf(type), id: String(reference) }, version: String(number) },
    ...{ changedAt: String(at), isOwn: relayKey !== null, document: effect },
  };
}

export const sandboxChanges: ChangeFeed = {
  kinds: ['audit'],
  list: async (erp, { cursor, limit, until }) => {
    if (cursor === null) {
      const newest = await readEffects(erp, { newest: '1' });
      if (newest.kind !== 'effects') return newest;
      const last = String(newest.effects[0]?.number ?? 0);
      return { kind: 'changes', changes: [], cursor: last, isLast: true };
    }
    const read = await readEffects(erp, { after: cursor, limit: String(limit) });
    if (read.kind !== 'effects') return read;
    const changes = read.effects.map(toChange);
    // Numbers are given out in the order of the effects, so the first that is too young ends the page.
    const tooYoung = changes.findIndex(({ changedAt }) => Date.parse(changedAt) > until);
    const old = tooYoung === -1 ? changes : changes.slice(0, tooYoung);
    const isLast = tooYoung !== -1 || changes.length < limit;
    return { kind: 'changes', changes: old, cursor: old.at(-1)?.version ?? cursor, isLast };
  },
};
