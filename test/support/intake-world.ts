// Several partitions in memory and the fan-out between them, step by step: a test makes the steps, breaks them where it
// likes, and looks at the rows. What an object's fan-out does in one go stands here as calls of their own.

import { intakePartition } from '../../src/core/intake-id.ts';
import { orderingKeyOf } from '../../src/core/keys.ts';
import { partitionOf } from '../../src/core/partition.ts';
import type {
  FanOutResult,
  IntakeAnswer,
  IntakeRequest,
  LeasedItem,
} from '../../src/core/sequencer/intake-messages.ts';
import type { ItemClaim, ItemWork } from '../../src/core/sequencer/intake-record.ts';
import type { ClaimAnswer } from '../../src/core/sequencer/messages.ts';
import type { EventIdentity } from '../../src/core/source.ts';
import { planOf } from './builders.ts';
import { makeEvent, testTime } from './records.ts';
import { type Bench, benchConfig, createBench } from './sequencer-bench.ts';

export type WorldItem = {
  readonly eventId: string;
  readonly orderId: string;
  /** Absent: ready to be claimed. */
  readonly kind?: 'thin' | 'unreadable';
};

export type IntakeWorld = ReturnType<typeof createIntakeWorld>;

export function identityOf(item: WorldItem): EventIdentity {
  return {
    eventId: item.eventId,
    type: 'mail.delivered',
    entity: { kind: 'order', id: item.orderId },
    sequence: null,
    occurredAt: null,
    payload: { id: item.eventId },
  };
}

export function itemClaimOf(
  item: WorldItem,
  { requestId, payload = { id: item.eventId } }: { readonly requestId: string; readonly payload?: unknown },
): ItemClaim {
  const { eventId, type, entity } = identityOf(item);
  const orderingKey = orderingKeyOf({ source: 'mail', eventId, entity });
  const identity = { source: 'mail', eventId, type, entity, orderingKey, occurredAt: null };
  const event = makeEvent({ ...identity, requestId });
  return { event, deliveries: [planOf(event)], payload: payload as never };
}

function workOf(item: WorldItem, requestId: string): ItemWork {
  if (item.kind === 'thin') return { kind: 'enrich', identity: identityOf(item) };
  if (item.kind !== 'unreadable') return { kind: 'claim', claim: itemClaimOf(item, { requestId }) };
  const problem = { reason: 'missing_field', field: 'item $.id', rule: 'must be present' } as const;
  return { kind: 'report', problem, item: { broken: item.eventId } };
}

export function intakeRequest(
  id: string,
  items: readonly WorldItem[],
  changes: Partial<IntakeRequest> = {},
): IntakeRequest {
  const { requestId = `req-${id}` } = changes;
  return {
    ...{ id, source: 'mail', requestId, receivedAt: testTime, headers: { 'x-batch': id } },
    items: items.map((item) => ({
      eventId: item.kind === 'unreadable' ? null : item.eventId,
      type: item.kind === 'unreadable' ? null : 'mail.delivered',
      work: workOf(item, requestId),
    })),
    ...{ partitions: 3, generation: 1 },
    ...changes,
  };
}

export function createIntakeWorld(partitions = 3) {
  const benches = Array.from({ length: partitions }, (_, partition) =>
    createBench({ ...benchConfig, partition, partitions }),
  );
  const reported: string[] = [];
  const bench = (partition: number): Bench => {
    const found = benches[partition];
    if (found === undefined) throw new Error(`there is no partition ${partition}`);
    return found;
  };
  /** Ids of a test's own making are spread like any key. */
  const home = (intakeId: string): Bench =>
    bench(intakePartition(intakeId) ?? partitionOf(intakeId, partitions));
  const intakes = (at: Bench) => at.core().intakes;
  const timed = (at: Bench) => ({ now: at.now(), random: () => 0.5 });

  const world = {
    benches,
    reported,
    home,
    intakes,
    send: (request: IntakeRequest): IntakeAnswer => {
      const at = home(request.id);
      return intakes(at).claim(request, at.now());
    },
    /** Makes the due claims and reports of one partition, without telling it. */
    work: (at: Bench): readonly FanOutResult[] => {
      const results: FanOutResult[] = [];
      for (const { partition, claims } of intakes(at).dueClaims(at.now())) {
        const target = bench(partition);
        const answers = target.core().claimMany(
          claims.map(({ request }) => request),
          target.now(),
        );
        results.push(...claims.map(({ itemId }, index) => toResult(itemId, answers[index])));
      }
      for (const { itemId } of intakes(at).dueReports(at.now())) {
        reported.push(itemId);
        results.push({ kind: 'reported', itemId });
      }
      return results;
    },
    acknowledge: (at: Bench, results: readonly FanOutResult[]): void =>
      intakes(at).acknowledge(results, timed(at)),
    fanOut: (at: Bench): void => {
      while (intakes(at).hasDueFanOut(at.now())) world.acknowledge(at, world.work(at));
    },
    lease: (at: Bench, max = 100): readonly LeasedItem[] =>
      intakes(at).lease({ max, leaseMs: 20_000 }, at.now()),
    settle: (at: Bench, leased: readonly LeasedItem[], payload: unknown = { full: true }): void => {
      const settlements = leased.map(({ itemId, epoch, identity, requestId }) => ({
        itemId,
        epoch,
        result: {
          kind: 'enriched',
          claim: itemClaimOf(
            { eventId: identity.eventId, orderId: identity.entity?.id ?? '' },
            { requestId, payload },
          ),
        } as const,
      }));
      intakes(at).settle(settlements, timed(at));
    },
    fail: (at: Bench, leased: readonly LeasedItem[], message = 'the API is away'): void => {
      const result = { kind: 'failed', reason: 'unavailable', message } as const;
      intakes(at).settle(
        leased.map(({ itemId, epoch }) => ({ itemId, epoch, result })),
        timed(at),
      );
    },
    advance: (ms: number): void => {
      for (const each of benches) each.advance(ms);
    },
    /** Every record of every partition. */
    records: () => benches.flatMap(({ rows }) => [...rows.openRecords(), ...rows.settledRecords()]),
    view: (intakeId: string) => {
      const at = home(intakeId);
      const found = intakes(at).find(intakeId, at.now());
      if (found === null) throw new Error(`${intakeId} is not here`);
      return found;
    },
    statuses: (intakeId: string) => world.view(intakeId).items.map(({ state }) => state.status),
  };
  return world;
}

function toResult(itemId: string, answer: ClaimAnswer | undefined): FanOutResult {
  if (answer?.kind !== 'claimed') throw new Error(`not claimed: ${JSON.stringify(answer)}`);
  return { kind: 'claimed', itemId, eventRecordId: answer.id, status: answer.status };
}
