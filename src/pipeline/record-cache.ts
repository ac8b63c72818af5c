// Fetched records, kept for a minute: a burst of events about one state of a record asks the sender once. Values only,
// never promises: what one invocation waits for may not be waited for by another. Pure; the clock is passed in.

import type { JsonValue } from '../core/json.ts';
import { limits } from '../core/limits.ts';

export type RecordCache = {
  readonly get: (key: string, now: number) => JsonValue | undefined;
  readonly set: (key: string, payload: JsonValue, now: number) => void;
};

export function createRecordCache(): RecordCache {
  const kept = new Map<string, { readonly payload: JsonValue; readonly until: number }>();
  return {
    get: (key, now) => {
      const found = kept.get(key);
      return found !== undefined && found.until > now ? found.payload : undefined;
    },
    set: (key, payload, now) => {
      kept.delete(key);
      kept.set(key, { payload, until: now + limits.cachedRecordMs });
      const [oldest] = kept.keys();
      if (kept.size > limits.maxCachedRecords && oldest !== undefined) kept.delete(oldest);
    },
  };
}
