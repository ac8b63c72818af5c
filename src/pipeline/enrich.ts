// The step of an intake before its fan-out · in: doorbell · out: items ready to be claimed · lease → fetch → settle
// Fetches the full record of events whose body does not hold it, from the sender's API, several at once. It only reads:
// what it loses is fetched again. May not claim anything: its sequencer fans out what it settles.

import type { EnrichFailure, EnrichStep } from '../core/enrich.ts';
import type { JsonValue } from '../core/json.ts';
import { limits } from '../core/limits.ts';
import type { RelayDefinition, SourceDefinition } from '../core/relay-definition.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { ItemSettlement, LeasedItem } from '../core/sequencer/intake-messages.ts';
import type { EventIdentity, IdentifiedEvent, ParseProblem } from '../core/source.ts';
import { readId } from '../core/sources/read-field.ts';
import { chooseEntity } from './choose-entity.ts';
import type { IntakeSequencer, SenderApis } from './intake-ports.ts';
import { planEvent } from './plan-event.ts';
import type { Clock, Telemetry } from './ports.ts';
import type { RecordCache } from './record-cache.ts';

export type EnrichDependencies = {
  readonly definition: Pick<RelayDefinition, 'routesFor' | 'sources'>;
  readonly apis: SenderApis;
  readonly cache: RecordCache;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
};

export type EnrichOptions = {
  /** Fetches at once. */
  readonly concurrency: number;
  /** How long a lease lasts, ms. */
  readonly leaseMs: number;
  /** After so long nothing new is taken, ms. */
  readonly budgetMs: number;
};

const encoder = new TextEncoder();

/** Whether any source has something to fetch: else a doorbell need not ask. */
export function hasEnrichingSource(definition: Pick<RelayDefinition, 'sources'>): boolean {
  return [...definition.sources.values()].some(({ enrich }) => enrich !== undefined);
}

/** Works off what one partition has to fetch. Never rejects: what it does not settle is leased again. */
export async function enrich(
  deps: EnrichDependencies,
  sequencer: Pick<IntakeSequencer, 'leaseItems' | 'settleItems'>,
  options: EnrichOptions,
): Promise<void> {
  const startedAt = deps.clock.now();
  try {
    while (deps.clock.now() - startedAt < options.budgetMs) {
      const deadlineAt = deps.clock.now() + options.leaseMs;
      const leased = await sequencer.leaseItems({ max: options.concurrency, leaseMs: options.leaseMs });
      if (leased.length === 0) return;
      const batch = createBatch(deps, deadlineAt);
      await sequencer.settleItems(await Promise.all(leased.map(batch.settlementOf)));
    }
  } catch (error) {
    deps.telemetry.log('error', 'enrichment.interrupted', { error: String(error) });
  }
}

type Enriching = { readonly source: SourceDefinition; readonly step: EnrichStep };
type Fetched = Result<JsonValue, EnrichFailure>;

/** Fetches of one lease: those of one record and version share one. */
function createBatch(deps: EnrichDependencies, deadlineAt: number) {
  const underWay = new Map<string, Promise<Fetched>>();

  const fetchOnce = async ({ source, step }: Enriching, event: IdentifiedEvent): Promise<Fetched> => {
    const fetched = await callStep(deps, { source, step, event, deadlineAt });
    if (!fetched.ok) return fetched;
    const text: string | undefined = JSON.stringify(fetched.value);
    if (text === undefined) return failed('enrich_failed', 'the step gave nothing that is JSON');
    return encoder.encode(text).byteLength > limits.maxEnrichAnswerBytes
      ? failed('too_large', `the record is longer than ${limits.maxEnrichAnswerBytes} bytes`)
      : fetched;
  };
  const fetchRecord = async (enriching: Enriching, event: IdentifiedEvent): Promise<Fetched> => {
    const key = cacheKeyOf(enriching, event);
    if (key === null) return fetchOnce(enriching, event);
    const cached = deps.cache.get(key, deps.clock.now());
    if (cached !== undefined) return ok(cached);
    const fetching = underWay.get(key) ?? fetchOnce(enriching, event);
    underWay.set(key, fetching);
    const fetched = await fetching;
    if (fetched.ok) deps.cache.set(key, fetched.value, deps.clock.now());
    return fetched;
  };
  return {
    settlementOf: async (item: LeasedItem): Promise<ItemSettlement> => {
      const startedAt = deps.clock.now();
      const { itemId, epoch } = item;
      const result = await enrichItem(deps, item, fetchRecord);
      logItem(deps, item, { result, durationMs: deps.clock.now() - startedAt });
      return { itemId, epoch, result };
    },
  };
}

async function enrichItem(
  deps: EnrichDependencies,
  item: LeasedItem,
  fetchRecord: (enriching: Enriching, event: IdentifiedEvent) => Promise<Fetched>,
): Promise<ItemSettlement['result']> {
  const source = deps.definition.sources.get(item.source);
  const step = source?.enrich;
  if (source === undefined || step === undefined) {
    const message = `the present code has no enrich step for source ${item.source}`;
    return { kind: 'failed', reason: 'not_enrichable', message };
  }
  const event = toIdentifiedEvent(item);
  const fetched = await fetchRecord({ source, step }, event);
  if (!fetched.ok) return { kind: 'failed', ...fetched.error };
  const identity = reidentify({ step, event, identity: item.identity, payload: fetched.value });
  if (!identity.ok) return { kind: 'rejected', problem: identity.error };
  const chosen = chooseEntity(source, item.headers, identity.value);
  if (!chosen.ok) return { kind: 'rejected', problem: chosen.error };
  const planned = planEvent(deps.definition, item, chosen.value);
  return { kind: 'enriched', claim: { ...planned, payload: fetched.value } };
}

function toIdentifiedEvent({ source, headers, identity }: LeasedItem): IdentifiedEvent {
  const { eventId: id, type, entity, payload } = identity;
  return { id, source, type, entity, headers, payload };
}

/** A step is a user's code: what it throws is a failure of this event, and one that never ends is left behind. */
async function callStep(
  deps: EnrichDependencies,
  call: Enriching & { readonly event: IdentifiedEvent; readonly deadlineAt: number },
): Promise<Fetched> {
  const { source, step, event, deadlineAt } = call;
  const timer = new AbortController();
  const tooLate = deps.clock
    .wait(deadlineAt - deps.clock.now(), timer.signal)
    .then(() => failed('timeout', 'the enrich step did not end within its lease'));
  try {
    return await Promise.race([step.enrich(event, deps.apis.open(source, deadlineAt)), tooLate]);
  } catch (error) {
    return failed('enrich_failed', error instanceof Error ? error.message : String(error));
  } finally {
    timer.abort();
  }
}

function failed(reason: EnrichFailure['reason'], message: string): Result<never, EnrichFailure> {
  return err({ reason, message });
}

/** Null: nothing says which state of the record it is, so every event fetches. */
function cacheKeyOf({ source, step }: Enriching, event: IdentifiedEvent): string | null {
  try {
    const record = step.record?.(event) ?? null;
    return record === null ? null : JSON.stringify([source.id, event.type, record.id, record.version]);
  } catch {
    return null;
  }
}

type Reidentified = {
  readonly step: EnrichStep;
  readonly event: IdentifiedEvent;
  readonly identity: EventIdentity;
  readonly payload: JsonValue;
};

/** What the record says better than the body that announced it, held to the same rules. */
function reidentify({ step, event, identity, payload }: Reidentified): Result<EventIdentity, ParseProblem> {
  if (step.identify === undefined) return ok({ ...identity, payload });
  try {
    const changed = { ...identity, ...step.identify(event, payload), payload };
    const eventId = readId(changed.eventId, 'identify eventId');
    if (!eventId.ok) return eventId;
    const type = readId(changed.type, 'identify type');
    return type.ok ? ok({ ...changed, eventId: eventId.value, type: type.value }) : type;
  } catch (error) {
    const rule = error instanceof Error ? error.message : 'threw something that is no Error';
    return err({ reason: 'invalid_field', field: 'identify', rule });
  }
}

/** One wide line a fetch. */
function logItem(
  deps: EnrichDependencies,
  item: LeasedItem,
  end: { readonly result: ItemSettlement['result']; readonly durationMs: number },
): void {
  const { itemId, source, identity, requestId, failureCount } = item;
  const { result, durationMs } = end;
  const ids = { item: itemId, source, eventId: identity.eventId, requestId, durationMs };
  if (result.kind === 'enriched') {
    deps.telemetry.log('info', 'intake_item.enriched', { ...ids, failureCount });
    return;
  }
  const why =
    result.kind === 'failed'
      ? { reason: result.reason, message: result.message, failureCount: failureCount + 1 }
      : { reason: result.problem.reason, message: `${result.problem.field} ${result.problem.rule}` };
  deps.telemetry.log('warn', 'intake_item.not_enriched', { ...ids, ...why });
}
