// defineThinSource: a source whose webhooks only announce a record, and where the record is fetched. Typed like
// define-integration.ts, so that mappings see what the fetch gives. Checks nothing at run time: compile-integrations.ts does.

import {
  defineSource,
  type EarlierEntityOf,
  type EventOf,
  entityRulesOf,
  type Source,
} from './define-integration.ts';
import type { EnrichFailure, EnrichStep, IdentityChanges, RecordState, SenderApi } from './enrich.ts';
import type { SourceDefinition } from './relay-definition.ts';
import type { Result } from './result.ts';
import { type SenderApiOptions, toSenderApi } from './sender-api-options.ts';
import type { Entity, SourcePreset } from './source.ts';

type TypeOf<Topics extends object> = keyof Topics & string;

/** The payloads as mappings see them: the record where it is fetched, the body elsewhere. */
export type EnrichedTopics<Topics extends object, Type extends TypeOf<Topics>, Payload> = {
  readonly [Each in TypeOf<Topics>]: Each extends Type ? Payload : Topics[Each];
};

export type EnrichOptions<Topics extends object, Type extends TypeOf<Topics>, Payload> = {
  readonly api: SenderApiOptions;
  /** Event types whose body does not hold the record. Default: all. */
  readonly types?: readonly Type[];
  /** Which state of which record the event announces; null: unknown, so every event fetches. Default: unknown. */
  readonly record?: (event: EventOf<Pick<Topics, Type>>) => RecordState | null;
  /** Fetches the record. It takes the place of the body, for mappings and for replays. */
  readonly enrich: (
    event: EventOf<Pick<Topics, Type>>,
    api: SenderApi,
  ) => Promise<Result<Payload, EnrichFailure>>;
  /** What the record says better than the body: an event id, a type, an entity, an order. */
  readonly identify?: (event: EventOf<Pick<Topics, Type>>, payload: Payload) => IdentityChanges;
};

/** `entity` and `earlierEntities` see the fetched record. For the rest see defineSource. */
export function defineThinSource<
  Topics extends object,
  Payload,
  Type extends TypeOf<Topics> = TypeOf<Topics>,
>(source: {
  readonly id: string;
  readonly preset: SourcePreset<Topics>;
  readonly secret: string;
  readonly url?: string;
  readonly credentials?: Readonly<Record<string, string>>;
  readonly allowExperimental?: boolean;
  readonly enrich: EnrichOptions<Topics, Type, Payload>;
  readonly entity?: (event: EventOf<EnrichedTopics<Topics, Type, Payload>>) => Entity | null;
  readonly earlierEntities?: readonly EarlierEntityOf<EnrichedTopics<Topics, Type, Payload>>[];
}): Source<EnrichedTopics<Topics, Type, Payload>> {
  const { enrich: _enrich, entity: _entity, earlierEntities: _earlier, ...own } = source;
  const { types = null, api: _api, ...functions } = source.enrich;
  // Which types there are is known to the compiler only: at run time the functions get whatever the sender sends.
  const step = {
    ...functions,
    types,
    api: toSenderApi(source.enrich.api),
  } as unknown as EnrichStep;
  const definition: SourceDefinition = defineSource({
    ...own,
    preset: own.preset as SourcePreset,
  });
  return { ...definition, enrich: step, ...entityRulesOf(source) };
}
