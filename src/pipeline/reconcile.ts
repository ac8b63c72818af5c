// Reconciliation of one source over one range: list at the sender → compare by meaning → claim what is missing, a page at
// a time. What is brought in starts in doubt, for it may have been done without the relay: look-up first. Claims are
// idempotent, so a page that broke is done again. It may not decide when to run, nor keep where it stands.

import type { EnrichFailure, SenderApi } from '../core/enrich.ts';
import type { EventPayload } from '../core/event.ts';
import { partitionOf } from '../core/partition.ts';
import {
  type HeldQuery,
  type ListedWebhook,
  type ListRange,
  type LostSubscription,
  lostSubscriptions,
  type ReconcileCounts,
  type ReconcileStep,
} from '../core/reconcile.ts';
import type { RelayDefinition, SourceDefinition } from '../core/relay-definition.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { ClaimRequest } from '../core/sequencer/messages.ts';
import type { ReceivedRequest } from '../core/source.ts';
import { chooseEntity } from './choose-entity.ts';
import { repeatCall } from './claim.ts';
import { type PlannedEvent, planEvent, toItemHeaders } from './plan-event.ts';
import type { Clock, Randomness, Sequencers } from './ports.ts';

export type ReconcileDependencies = {
  readonly definition: Pick<RelayDefinition, 'routes' | 'routesFor'>;
  readonly sequencers: Sequencers;
  readonly clock: Pick<Clock, 'now'>;
  readonly randomness: Pick<Randomness, 'uuid'>;
};

/** A source that names a listing, and the connection to its sender. */
export type Reconcilable = {
  readonly source: SourceDefinition;
  readonly step: ReconcileStep;
  readonly api: SenderApi;
};

/** An event that no webhook brought. `id`: the relay's; null in a dry run. */
export type MissingEvent = {
  readonly id: string | null;
  readonly eventId: string;
  readonly type: string;
  readonly orderingKey: string;
};

export type ReconciledPage = {
  readonly counts: ReconcileCounts;
  readonly missing: readonly MissingEvent[];
  readonly cursor: string | null;
};

export type ReconcileFailure = EnrichFailure | { readonly reason: 'not_claimed'; readonly message: string };

type Listed = PlannedEvent & {
  readonly payload: EventPayload;
  readonly partition: number;
  readonly isState: boolean;
};

const encoder = new TextEncoder();

/** Types of the source that some route takes and its listing can list. */
export function reconciledTypes(
  definition: Pick<RelayDefinition, 'routes'>,
  source: Pick<SourceDefinition, 'id'>,
  { listing }: Pick<ReconcileStep, 'listing'>,
): readonly string[] {
  return routedTypes(definition, source).filter((type) => listing.types?.includes(type) ?? true);
}

function routedTypes(
  definition: Pick<RelayDefinition, 'routes'>,
  source: Pick<SourceDefinition, 'id'>,
): readonly string[] {
  const routed = definition.routes.filter((route) => route.source === source.id).map(({ type }) => type);
  return [...new Set(routed)];
}

/** Never rejects where the sender fails; a sequencer that is away is a failure, too. */
export async function reconcilePage(
  deps: ReconcileDependencies,
  of: Reconcilable,
  page: ListRange & { readonly dryRun: boolean },
): Promise<Result<ReconciledPage, ReconcileFailure>> {
  const types = reconciledTypes(deps.definition, of.source, of.step);
  const answer = await of.step.listing.list(of.api, { ...page, types });
  if (!answer.ok) return answer;
  const read = await Promise.all(answer.value.webhooks.map((listed) => readListed(deps, of.source, listed)));
  const listed = read.filter((each) => each !== null);
  const missing = await findMissing(deps, listed);
  if (!missing.ok) return missing;
  const claimed = page.dryRun ? ok(missing.value.map(toMissing(null))) : await claimAll(deps, missing.value);
  if (!claimed.ok) return claimed;
  const counts = {
    listedCount: read.length,
    heldCount: listed.length - missing.value.length,
    missingCount: claimed.value.length,
    unreadableCount: read.length - listed.length,
  };
  return ok({ counts, missing: claimed.value, cursor: answer.value.cursor });
}

/** Null: no event can be read from it. */
export async function readListed(
  deps: Pick<ReconcileDependencies, 'clock' | 'randomness' | 'sequencers'> & {
    readonly definition: Pick<RelayDefinition, 'routes' | 'routesFor'>;
  },
  source: SourceDefinition,
  listed: ListedWebhook,
): Promise<Listed | null> {
  const headers = toItemHeaders(listed.headers);
  const body = new Uint8Array(encoder.encode(JSON.stringify(listed.payload)));
  const receivedAt = deps.clock.now();
  const requestId = deps.randomness.uuid();
  const request: ReceivedRequest = {
    ...{ source: source.id, method: 'POST', url: `/hooks/${source.id}`, headers },
    ...{ repeatedHeaders: [], body, receivedAt, requestId },
  };
  const identified = await source.preset.identify({ ...request, verifiedWith: 'current' });
  const identity = identified.ok ? chooseEntity(source, headers, identified.value) : identified;
  if (!identity.ok) return null;
  const planned = planEvent(
    deps.definition,
    { source: source.id, requestId, receivedAt, headers },
    identity.value,
  );
  const partition = partitionOf(planned.event.orderingKey, deps.sequencers.partitions);
  return { ...planned, payload: { headers, body }, partition, isState: listed.isState };
}

/** Whether it is known, under each ordering key its source gave it. */
function queriesOf(listed: Listed): readonly HeldQuery[] {
  return [listed, ...(listed.earlier ?? [])].map(({ event, deliveries }) => ({
    ...{ orderingKey: event.orderingKey, source: event.source, eventId: event.eventId, type: event.type },
    operationKeys: deliveries.flatMap(({ operationKey }) => (operationKey === null ? [] : [operationKey])),
    stateSequence: listed.isState ? event.sequence : null,
  }));
}

/** One call a partition. */
async function findMissing(
  deps: ReconcileDependencies,
  listed: readonly Listed[],
): Promise<Result<readonly Listed[], ReconcileFailure>> {
  const { partitions } = deps.sequencers;
  const questions = listed.flatMap((each) =>
    queriesOf(each).map((query) => ({ each, query, partition: partitionOf(query.orderingKey, partitions) })),
  );
  const asked = await Promise.all(
    groupByPartition(questions).map(async ([partition, group]) => {
      const queries = group.map(({ query }) => query);
      const held = await repeatCall(() => deps.sequencers.of(partition).holdsEvents(queries));
      return 'kind' in held ? held : group.filter((_, index) => held[index] === true);
    }),
  );
  const known = new Set<Listed>();
  for (const answer of asked) {
    if ('kind' in answer) return err({ reason: 'not_claimed', message: answer.message });
    for (const { each } of answer) known.add(each);
  }
  return ok(listed.filter((each) => !known.has(each)));
}

/** In the order they were listed, within each partition in one transaction. */
async function claimAll(
  deps: ReconcileDependencies,
  missing: readonly Listed[],
): Promise<Result<readonly MissingEvent[], ReconcileFailure>> {
  const { partitions, generation } = deps.sequencers;
  const claimed = await Promise.all(
    groupByPartition(missing).map(async ([partition, group]) => {
      const requests = group.map(
        ({ event, deliveries, earlier, payload }): ClaimRequest => ({
          event: { ...event, reconciled: true },
          ...(earlier === undefined ? {} : { earlier }),
          ...{ payload, deliveries, partitions, generation, startsInDoubt: true },
        }),
      );
      const answers = await repeatCall(() => deps.sequencers.of(partition).claimMany(requests));
      return 'kind' in answers ? answers : group.map((each, index) => ({ each, answer: answers[index] }));
    }),
  );
  const found: MissingEvent[] = [];
  for (const group of claimed) {
    if ('kind' in group) return err({ reason: 'not_claimed', message: group.message });
    for (const { each, answer } of group) {
      if (answer?.kind !== 'claimed')
        return err({ reason: 'not_claimed', message: answer?.message ?? 'no answer' });
      // Its webhook came in between.
      if (answer.status === 'accepted') found.push(toMissing(answer.id)(each));
    }
  }
  return ok(found);
}

function toMissing(id: string | null) {
  return ({ event: { eventId, type, orderingKey } }: Listed): MissingEvent => ({
    ...{ id, eventId, type, orderingKey },
  });
}

export function groupByPartition<T extends { readonly partition: number }>(
  listed: readonly T[],
): [number, T[]][] {
  const groups = new Map<number, T[]>();
  for (const each of listed) {
    const group = groups.get(each.partition);
    if (group === undefined) groups.set(each.partition, [each]);
    else group.push(each);
  }
  return [...groups];
}

/** Types for which the sender has no active webhook to this relay; null: it does not tell. */
export async function findLostSubscriptions(
  deps: Pick<ReconcileDependencies, 'definition'>,
  { source, step, api }: Reconcilable,
): Promise<Result<readonly LostSubscription[] | null, EnrichFailure>> {
  const found = await step.listing.subscriptions?.(api, { path: `/hooks/${source.id}` });
  if (found === undefined) return ok(null);
  if (!found.ok) return found;
  return ok(lostSubscriptions(found.value, routedTypes(deps.definition, source)));
}
