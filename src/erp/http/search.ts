// Finds one document by a read of the description. Reads only; says "none" only where the ERP said so.

import type { AdapterFailure } from '../../core/erp.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { AnswerRules, CompiledSearch } from './compiled.ts';
import { allHold } from './condition.ts';
import { readPlace, toJsonPath } from './place.ts';
import { brokenAt, readHttpAnswer } from './read-answer.ts';
import { type CallValues, renderCall } from './render-call.ts';

export type Found = { readonly kind: 'found'; readonly document: JsonObject | null } | AdapterFailure;

export async function findDocument(
  search: CompiledSearch,
  rules: AnswerRules,
  values: CallValues,
): Promise<Found> {
  const rendered = renderCall(search.call, values, false);
  if (rendered.kind !== 'request') return rendered;
  const answer = readHttpAnswer(await values.call.erp.send(rendered.request), rules, false);
  if (answer.kind === 'missing') return { kind: 'found', document: null };
  if (answer.kind === 'done_before') return answer.refusal;
  if (answer.kind !== 'answer') return answer;
  const { documents, where } = search;
  const { input, key } = values.call;
  const isIt = (document: JsonObject): boolean =>
    allHold(where, { document, key, input: input as JsonValue });
  const value = readPlace(documents, answer.scope);
  const path = toJsonPath(documents.segments);
  if (Array.isArray(value)) {
    const broken = value.findIndex((item) => !isJsonObject(item));
    if (broken >= 0) return brokenAt(`${path}[${broken}]`, 'object', value[broken]);
    const items = value.filter(isJsonObject);
    return { kind: 'found', document: items.find(isIt) ?? null };
  }
  if (isJsonObject(value)) return { kind: 'found', document: isIt(value) ? value : null };
  // Null is an answer; a member that is not there is another API.
  return value === null ? { kind: 'found', document: null } : brokenAt(path, 'array or object', value);
}
