// A sender's API that answers what a test says, by path, and keeps what it was asked; and the events that enrich steps get.

import type { EnrichFailure, EnrichStep, SenderApi } from '../../src/core/enrich.ts';
import type { JsonValue } from '../../src/core/json.ts';
import { err, ok, type Result } from '../../src/core/result.ts';
import type { IdentifiedEvent, SourcePreset } from '../../src/core/source.ts';

/** Answers `not_found` where the script has nothing. */
export function scriptedApi(script: Readonly<Record<string, JsonValue | EnrichFailure>>) {
  const asked: string[] = [];
  const get = async (path: string, query: Readonly<Record<string, string>> = {}) => {
    const search = Object.entries(query).map(([name, value]) => `${name}=${value}`);
    const place = search.length === 0 ? path : `${path}?${search.join('&')}`;
    asked.push(place);
    const answer = script[place];
    if (answer === undefined) return err({ reason: 'not_found', message: 'the API answered 404' } as const);
    return isFailure(answer) ? err(answer) : ok(answer);
  };
  return { asked, api: { get: get as SenderApi['get'] } };
}

function isFailure(answer: JsonValue | EnrichFailure): answer is EnrichFailure {
  return typeof answer === 'object' && answer !== null && 'reason' in answer;
}

type Definition = { readonly preset: SourcePreset; readonly enrich?: EnrichStep };

/** An announcement as its step gets it: type and payload, the rest as any. */
export function announced(type: string, payload: JsonValue): IdentifiedEvent {
  return { id: 'event-1', source: 'sender', type, entity: null, headers: {}, payload };
}

export function stepOf({ enrich }: Definition): EnrichStep {
  if (enrich === undefined) throw new Error('the source has no enrich step');
  return enrich;
}

export type Asked = { readonly asked: readonly string[]; readonly result: Result<JsonValue, EnrichFailure> };

/** What the step asks for, and what it makes of the answers. */
export async function fetchWith(
  definition: Definition,
  event: IdentifiedEvent,
  script: Readonly<Record<string, JsonValue | EnrichFailure>> = {},
): Promise<Asked> {
  const { asked, api } = scriptedApi(script);
  const result = await stepOf(definition).enrich(event, api);
  return { asked, result };
}
