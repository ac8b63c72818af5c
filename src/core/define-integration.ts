// The typed builder of integrations: defineSource, defineTarget, on(source, type).run(operation, …), defineIntegration.
// A misspelt topic, payload field or input field does not compile. Checks nothing at run time: compile-integrations.ts does.
// Pure; may import core only.

import type { BatchForm, BatchPolicy } from './batch.ts';
import type { ErpAdapter } from './erp.ts';
import type { MappedEvent } from './event.ts';
import type { Grant } from './identity/access-view.ts';
import { limits } from './limits.ts';
import type { AnyOperation, InputOf } from './operation.ts';
import type { SourceListing } from './reconcile.ts';
import type { SourceDefinition } from './relay-definition.ts';
import type { RetryPolicy, RoutePolicy } from './route.ts';
import { type SenderApiOptions, toSenderApi } from './sender-api-options.ts';
import type { Entity, IdentifiedEvent, SourcePreset } from './source.ts';
import type { SubscribeStep } from './subscriptions.ts';
import type { TargetDefinition } from './target.ts';

/** A source that knows its event types and their payloads. */
export type Source<Topics extends object> = SourceDefinition & {
  /** Phantom: carries the payload types. */
  readonly payloads?: Topics;
};

/** A target that knows which operations its adapter runs. */
export type Target<OperationName extends string> = TargetDefinition & {
  /** Phantom: contravariant, so that a target that runs more stands in for one that runs less. */
  readonly runs?: (operation: OperationName) => void;
};

type TypeOf<Topics extends object> = keyof Topics & string;

/** What a preset read, narrowed by `type`: inside `if (event.type === 'orders/paid')` the payload is that of the type. */
export type EventOf<Topics extends object> = {
  [Type in TypeOf<Topics>]: Omit<IdentifiedEvent<Topics[Type]>, 'type'> & { readonly type: Type };
}[TypeOf<Topics>];

/** An `entity` function a source had, and the last GENERATION it was used in. */
export type EarlierEntityOf<Topics extends object> = {
  readonly untilGeneration: number;
  readonly entity: (event: EventOf<Topics>) => Entity | null;
};

/** Which types there are is known to the compiler only: at run time the functions get whatever the sender sends. */
export function entityRulesOf(source: {
  readonly entity?: unknown;
  readonly earlierEntities?: unknown;
}): Pick<SourceDefinition, 'entity' | 'earlierEntities'> {
  const { entity, earlierEntities } = source as Pick<SourceDefinition, 'entity' | 'earlierEntities'>;
  return {
    ...(entity === undefined ? {} : { entity }),
    ...(earlierEntities === undefined ? {} : { earlierEntities }),
  };
}

/**
 * A sender. `secret` names the Worker secret it signs with; while a rotation lasts, the old value stands under the same
 * name with `_PREVIOUS` appended. `entity` says which entity an event is about where the preset cannot know; it may
 * read only fields that never change for one event id. `earlierEntities` are the functions before it, the first first, for
 * entities that were seen under them: docs/upgrading.md.
 */
export function defineSource<Topics extends object>(source: {
  readonly id: string;
  readonly preset: SourcePreset<Topics>;
  readonly secret: string;
  /** Names the Worker variable with the URL its sender posts to, where that URL is a part of what is signed. */
  readonly url?: string;
  /** Names the Worker secrets that the sender's key API asks for, by the preset's names. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Whether a preset may be used that is marked as not settled yet. */
  readonly allowExperimental?: boolean;
  /** What it may run, at most: a route beyond it stops the start. `*` for every operation or target. */
  readonly grants?: readonly Grant[];
  /** Paths of personal data in its payloads beside what the names of fields say, e.g. `data.attributes.alias`, `items[].gift_text`. */
  readonly personalFields?: readonly string[];
  readonly entity?: (event: EventOf<Topics>) => Entity | null;
  readonly earlierEntities?: readonly EarlierEntityOf<Topics>[];
  /** Compares, every so often, what the sender lists with what came, and brings in what did not: docs/reconciliation.md. */
  readonly reconcile?: {
    readonly api: SenderApiOptions;
    readonly listing: SourceListing;
    /** Between two checks, ms; default: a quarter of an hour. */
    readonly everyMs?: number;
  };
  /** Asks an ERP for its webhooks and renews them before they end. Needs `url`. */
  readonly subscribe?: SubscribeStep;
}): Source<Topics> {
  const { id, preset, secret, url, credentials, personalFields, grants } = source;
  const { reconcile, subscribe, allowExperimental = false } = source;
  const definition = {
    id,
    preset,
    secretVariable: secret,
    previousSecretVariable: `${secret}_PREVIOUS`,
    ...(url === undefined ? {} : { urlVariable: url }),
    ...(credentials === undefined ? {} : { credentialVariables: credentials }),
    ...(allowExperimental ? { allowExperimental } : {}),
    ...(personalFields === undefined ? {} : { personalFields }),
    ...(subscribe === undefined ? {} : { subscribe }),
    ...(reconcile === undefined
      ? {}
      : {
          reconcile: {
            api: toSenderApi(reconcile.api),
            listing: reconcile.listing,
            everyMs: reconcile.everyMs ?? limits.reconcileDefaultMs,
          },
        }),
    ...(grants === undefined ? {} : { grants }),
  };
  return { ...definition, ...entityRulesOf(source) };
}

/**
 * An ERP. `baseUrl`, `tokenUrl` and the parts of `credential` name Worker variables and secrets. `network` is `public` by
 * default. `circuit` and `limits` say what differs from the defaults.
 */
export function defineTarget<Adapter extends ErpAdapter>(target: {
  readonly id: string;
  readonly adapter: Adapter;
  readonly baseUrl: string | null;
  readonly credential: Readonly<Record<string, string>>;
  readonly network?: TargetDefinition['network'];
  readonly timeoutMs: number;
  readonly quietMs: number;
  readonly tokenUrl?: string;
  readonly experimental?: boolean;
  readonly circuit?: TargetDefinition['circuit'];
  readonly limits?: TargetDefinition['limits'];
}): Target<(keyof Adapter['operations'] | keyof NonNullable<Adapter['batches']>) & string> {
  const { id, adapter, baseUrl, credential, network = 'public', timeoutMs, quietMs } = target;
  const { tokenUrl, experimental, circuit, limits } = target;
  return {
    ...(experimental === undefined ? {} : { experimental }),
    ...(tokenUrl === undefined ? {} : { tokenUrlVariable: tokenUrl }),
    ...(circuit === undefined ? {} : { circuit }),
    ...(limits === undefined ? {} : { limits }),
    id,
    adapter,
    baseUrlVariable: baseUrl,
    credentialVariables: credential,
    network,
    timeoutMs,
    quietMs,
  };
}

/** An event type of another source, as `{ source, type }` or as `on(source, type)`; on another target, where it says so. */
export type EventPrerequisite = {
  readonly source: SourceDefinition;
  readonly type: string;
  readonly target?: TargetDefinition;
};

/** A route by its id: `confirm-sale` of the same integration, or `shop-orders.confirm-sale`. */
export type RoutePrerequisite = { readonly route: string };

/** What a route waits for: a type of its own source, a type of another, or a route. */
export type After<Topics extends object> = TypeOf<Topics> | EventPrerequisite | RoutePrerequisite;

/** A route as it is written, before anything is looked up or checked. */
export type RouteDefinition = {
  readonly id: string;
  readonly source: SourceDefinition;
  readonly type: string;
  readonly operation: AnyOperation;
  readonly target: TargetDefinition;
  readonly after?: readonly (string | EventPrerequisite | RoutePrerequisite)[];
  readonly waitMs?: number;
  readonly onStale?: RoutePolicy['onStale'];
  readonly onDeadLetter?: RoutePolicy['onDeadLetter'];
  readonly retry?: Partial<RetryPolicy>;
  readonly timeoutMs?: number;
  readonly jobTimeoutMs?: number;
  readonly batch?: BatchPolicy;
  when?(event: MappedEvent): boolean;
  subject?(event: MappedEvent): string;
  version?(event: MappedEvent): string;
  input(event: MappedEvent): unknown;
};

type Reader<Payload, Value> = (event: MappedEvent<Payload>) => Value;

type CommonOptions<Topics extends object, Payload, O extends AnyOperation> = {
  /** Unique in its integration, kebab-case. */
  readonly id: string;
  readonly target: Target<O['name']>;
  /** Whether the route takes this event. Default: always. */
  readonly when?: Reader<Payload, boolean>;
  /** What must be done first, in the same ordering key. Default: nothing but what stands earlier in the line. */
  readonly after?: readonly After<Topics>[];
  /** How long a prerequisite may take to arrive. Default: `routeDefaults.waitMs`, 1 hour. */
  readonly waitMs?: number;
  /** Whether a dead letter holds its line. Default: `block`. */
  readonly onDeadLetter?: RoutePolicy['onDeadLetter'];
  /** Default: 8 attempts, back-off from 1 s to 10 min. */
  readonly retry?: Partial<RetryPolicy>;
  /** Longest time one ERP call may take. Default: the target's. */
  readonly timeoutMs?: number;
  /** Longest time the ERP may work on it after it took it. Default: `routeDefaults.jobTimeoutMs`, 1 hour. */
  readonly jobTimeoutMs?: number;
};

/** The subject and version an operation's key needs: both pure, and only over what never changes for one event id. */
type KeyOptions<Payload, O extends AnyOperation> = O['repeats'] extends 'per_subject'
  ? {
      readonly subject: Reader<Payload, string>;
      readonly version?: Refused<Payload, `version: ${O['name']} takes none`>;
    }
  : O['repeats'] extends 'per_version'
    ? { readonly subject: Reader<Payload, string>; readonly version: Reader<Payload, string> }
    : {
        readonly subject?: Refused<Payload, `subject: ${O['name']} takes none`>;
        readonly version?: Refused<Payload, `version: ${O['name']} takes none`>;
      };

type BatchOptions<O extends AnyOperation> = O extends { readonly batch: BatchForm }
  ? {
      /** What becomes of the good records where others fail: nothing (`all_or_nothing`), or they are done (`partial`). */
      readonly batch: BatchPolicy;
    }
  : { readonly batch?: `batch: ${O['name']} takes one record` };

/** What no function can give back: the compiler shows it as the reason. */
type Refused<Payload, Reason extends string> = Reader<Payload, Reason>;

type StaleOptions<O extends AnyOperation> = O['replacesState'] extends true
  ? {
      /** Whether an input older than what was applied is passed over. Default: `skip`. */
      readonly onStale?: RoutePolicy['onStale'];
    }
  : { readonly onStale?: `onStale: ${O['name']} replaces no state` };

/** `Actual`, with a readable contradiction in place of every field `Expected` does not have, at any depth. */
type Exactly<Expected, Actual> = Actual extends readonly (infer Item)[]
  ? NonNullable<Expected> extends readonly (infer ExpectedItem)[]
    ? readonly Exactly<ExpectedItem, Item>[]
    : Actual
  : Actual extends object
    ? {
        readonly [Key in keyof Actual]: Key extends keyof NonNullable<Expected>
          ? Exactly<NonNullable<Expected>[Key], Actual[Key]>
          : Contradiction<Actual[Key], `${Key & string}: no such input field`>;
      }
    : Actual;

/** `any` could be anything, also the reason itself; it contradicts only `never`. */
type Contradiction<Value, Reason extends string> = 0 extends 1 & Value ? never : Reason;

type RouteOptions<Topics extends object, Payload, O extends AnyOperation, Input> = CommonOptions<
  Topics,
  Payload,
  O
> &
  KeyOptions<Payload, O> &
  StaleOptions<O> &
  BatchOptions<O> & {
    /** The mapping: what the operation is run with. Pure; what it throws becomes the dead letter's message. */
    readonly input: Reader<Payload, Input & Exactly<InputOf<O>, Input>>;
  };

/** An event type of a source: what `run` makes routes of, and what `after` of another route may name. */
export type Trigger<Topics extends object, Payload> = {
  readonly source: Source<Topics>;
  readonly type: string;
  /** The rule "this event runs this operation". */
  run<O extends AnyOperation, Input extends InputOf<O>>(
    operation: O,
    route: RouteOptions<Topics, Payload, O, Input>,
  ): RouteDefinition;
};

export function on<Topics extends object, Type extends TypeOf<Topics>>(
  source: Source<Topics>,
  type: Type,
): Trigger<Topics, Topics[Type]> {
  return {
    source,
    type,
    run: (operation, route) => ({ ...(route as unknown as RouteDefinition), source, type, operation }),
  };
}

export type IntegrationDefinition = {
  /** The name of its file without `.ts`: problems are reported under it. */
  readonly name: string;
  readonly sources: readonly SourceDefinition[];
  readonly targets: readonly TargetDefinition[];
  readonly routes: readonly RouteDefinition[];
};

/** One file's worth: the sources and targets it uses and its routes, in the order they run for one event. */
export function defineIntegration(integration: IntegrationDefinition): IntegrationDefinition {
  return integration;
}
