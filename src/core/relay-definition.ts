// What a relay is made of once its integrations are compiled: sources, targets, routes, and the ways to find them.
// Pure types. Made by compile-integrations.ts; the pipeline and worker.ts read it and never change it.

import type { EnrichStep } from './enrich.ts';
import type { Grant } from './identity/access-view.ts';
import type { ReconcileStep } from './reconcile.ts';
import type { Route } from './route.ts';
import type { EarlierEntityRule, Entity, IdentifiedEvent, SourcePreset } from './source.ts';
import type { SubscribeStep } from './subscriptions.ts';
import type { TargetDefinition } from './target.ts';
import type { WatchStep } from './watch.ts';

export type SourceDefinition = {
  /** The last part of its ingest URL: `/hooks/{id}`. */
  readonly id: string;
  readonly preset: SourcePreset;
  /** Names of the Worker secrets. The previous one may be missing; it is set while a rotation lasts. */
  readonly secretVariable: string;
  readonly previousSecretVariable: string;
  /** Name of the Worker variable with the source's public URL, where its sender signs that. */
  readonly urlVariable?: string;
  /** Names of the Worker secrets of the sender's key API, by the preset's names. */
  readonly credentialVariables?: Readonly<Record<string, string>>;
  readonly allowExperimental?: boolean;
  /** What it may run, at most: a route beyond it stops the start. Absent: what its routes say. */
  readonly grants?: readonly Grant[];
  /** Paths of personal data beside the preset's and what the names of fields say. */
  readonly personalFields?: readonly string[];
  /** Takes the place of the preset's entity; absent: the preset's counts. Pure. */
  entity?(event: IdentifiedEvent): Entity | null;
  /** The rules before it, the first first: docs/upgrading.md. */
  readonly earlierEntities?: readonly EarlierEntityRule[];
  /** Fetches the full record of events whose body does not hold it; absent: every body does. */
  readonly enrich?: EnrichStep;
  /** Compares what its sender lists with what came; absent: nobody can tell what did not come. */
  readonly reconcile?: ReconcileStep;
  /** Its events are the changes of an ERP that the relay reads; absent: somebody posts them. */
  readonly watch?: WatchStep;
  /** Webhooks that its ERP sends only as long as they are renewed; absent: they have no end, or a person renews them. */
  readonly subscribe?: SubscribeStep;
};

/** Something in an integration that stops the start. */
export type ConfigProblem = {
  /** `src/integrations/shop-orders.ts` */
  readonly file: string;
  /** `routes[2] (confirm-sale).after[0]` */
  readonly field: string;
  /** What must hold. */
  readonly rule: string;
};

export type RelayDefinition = {
  /** By id. */
  readonly sources: ReadonlyMap<string, SourceDefinition>;
  readonly targets: ReadonlyMap<string, TargetDefinition>;
  /** In declared order: integrations as listed, routes as written. */
  readonly routes: readonly Route[];
  findRoute(id: string): Route | null;
  /** In declared order; empty where the event is accepted and nothing is to be done. */
  routesFor(source: string, type: string): readonly Route[];
};
