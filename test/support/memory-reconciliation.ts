// Standings in memory, and a sender's API that answers what a test says.

import type { EnrichFailure, SenderApi } from '../../src/core/enrich.ts';
import type { JsonValue } from '../../src/core/json.ts';
import { err, type Result } from '../../src/core/result.ts';
import type { ReconcileStanding, ReconcileStandings } from '../../src/pipeline/reconcile-sources.ts';

export type Asked = { readonly path: string; readonly query: Readonly<Record<string, string>> };
export type ListAnswer = (asked: Asked) => Result<JsonValue, EnrichFailure>;

const away: ListAnswer = () => err({ reason: 'unavailable', message: 'nothing is listed here' });

export function createMemoryReconciliation(answerOf: ListAnswer = away) {
  const kept = new Map<string, ReconcileStanding>();
  const asked: Asked[] = [];
  const api: SenderApi = {
    get: async <Payload>(path: string, query: Readonly<Record<string, string>> = {}) => {
      asked.push({ path, query });
      return answerOf({ path, query }) as Result<Payload, EnrichFailure>;
    },
  };
  const standings: ReconcileStandings = {
    read: async (source) => kept.get(source) ?? null,
    write: async (source, standing) => void kept.set(source, standing),
  };
  return { apis: { open: () => api, openListing: () => api }, standings, asked, kept };
}
