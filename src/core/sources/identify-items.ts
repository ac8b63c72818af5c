// A batch: an array somewhere in the body, each item an event. Reads every item for itself, so that one that cannot be
// read stops no other; what is no array, or too long, is a problem of the whole request. Pure.

import type { JsonValue } from '../json.ts';
import { limits } from '../limits.ts';
import { err, ok, type Result } from '../result.ts';
import type { BatchItems, EventIdentity, ParseProblem } from '../source.ts';
import { invalid, type JsonPath, missing, pathText, readPath } from './read-field.ts';

/** `path`: where the array stands; empty: the body itself. `identify`: reads one item. */
export function identifyItems(
  payload: JsonValue,
  rule: {
    readonly path: JsonPath;
    readonly identify: (item: JsonValue) => Result<EventIdentity, ParseProblem>;
  },
): Result<BatchItems, ParseProblem> {
  const items = readPath(payload, rule.path);
  const field = pathText(rule.path);
  if (items === undefined || items === null) return missing(field);
  if (!Array.isArray(items)) return invalid(field, 'must be an array');
  if (items.length > limits.maxBatchItems)
    return err({ reason: 'too_many_items', field, rule: `must hold at most ${limits.maxBatchItems} events` });
  return ok(
    items.map((item: JsonValue, index) => {
      const identity = rule.identify(item);
      if (identity.ok) return identity;
      return err({ ...placed(identity.error, `${field}[${index}]`), item });
    }),
  );
}

/** What was read from an item says where it stands in the request. */
function placed(problem: ParseProblem, place: string): ParseProblem {
  return { ...problem, field: problem.field.replace(/^body \$/, place) };
}
