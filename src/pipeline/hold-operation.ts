// Around stage 5: where an answer of a target no longer has its shape, further deliveries of that operation are not tried but
// held, until a person lets one run as a probe and it succeeds, or releases the operation. Other operations go on.
// Decides nothing about the finding itself: perform.ts does. What is held here costs no attempt and no call.

import { limits } from '../core/limits.ts';
import type { Outcome } from '../core/outcome.ts';
import type { LeasedDelivery, ReleaseManyAnswer, Settlement } from '../core/sequencer/messages.ts';
import { isDone } from '../core/sequencer/settled-record.ts';
import { type PerformDependencies, perform } from './perform.ts';
import type { OperationHold, OperationHolds, Sequencers } from './ports.ts';

export type HoldDependencies = {
  readonly holds: OperationHolds;
  /** Lifts the hold of an operation and lets everything go on that it held, in all partitions. Never rejects. */
  readonly releaseOperation: (release: OperationRelease) => Promise<void>;
};

export async function performUnlessHeld(
  deps: PerformDependencies & HoldDependencies,
  leased: LeasedDelivery,
  deadlineAt: number,
): Promise<Settlement> {
  const { target, operation, probe = false, notice, publish } = leased.delivery;
  const isKnown = leased.ledger?.kind === 'succeeded';
  // What is told of a delivery goes to no ERP: nothing can hold it.
  const mayRun = probe || isKnown || notice !== undefined || publish !== undefined;
  const hold = mayRun ? null : await deps.holds.find(target, operation);
  if (hold !== null) return heldBehind(leased, hold);
  const settlement = await perform(deps, leased, deadlineAt);
  const named = nameAdapter(deps, leased, settlement);
  await tellHolds(deps, leased, named);
  return named;
}

/** A job that runs in the ERP is held as well: the ledger keeps its reference, and a release asks after it again. */
function heldBehind(leased: LeasedDelivery, hold: OperationHold): Settlement {
  const { issues, adapter, deliveryId: behind } = hold;
  const outcome: Outcome = { kind: 'contract_broken', effect: 'none', issues, adapter, behind };
  return {
    deliveryId: leased.delivery.id,
    orderingKey: leased.event.orderingKey,
    epoch: leased.epoch,
    result: { kind: 'outcome', outcome, inputHash: null, spent: false, doubtCleared: false },
    attempt: null,
  };
}

/** A person who reads the finding has to know which adapter expected what is not there. */
function nameAdapter(deps: PerformDependencies, leased: LeasedDelivery, settlement: Settlement): Settlement {
  const { result } = settlement;
  const adapter = deps.rules.targets.get(leased.delivery.target)?.adapter;
  if (result.kind !== 'outcome' || result.outcome.kind !== 'contract_broken' || adapter === undefined)
    return settlement;
  const outcome: Outcome = { ...result.outcome, adapter: `${adapter.name} ${adapter.version}` };
  return { ...settlement, result: { ...result, outcome } };
}

async function tellHolds(
  deps: PerformDependencies & HoldDependencies,
  leased: LeasedDelivery,
  { result, attempt }: Settlement,
): Promise<void> {
  if (result.kind !== 'outcome') return;
  const { outcome } = result;
  const { id: deliveryId, target, operation, probe = false } = leased.delivery;
  if (outcome.kind === 'contract_broken') {
    const { issues, adapter = '' } = outcome;
    await deps.holds.record(target, { operation, since: deps.clock.now(), deliveryId, adapter, issues });
    return;
  }
  const asked = (attempt?.exchanges.length ?? 0) > 0;
  // A probe that the ERP accepted is still one when its job has ended.
  if (!probe || !asked || !isDone(outcome)) return;
  const note = `probe ${deliveryId} succeeded`;
  await deps.releaseOperation({ target, operation, cause: 'contract_broken', actor: 'relay', note });
}

export type OperationRelease = {
  readonly target: string;
  /** Null: every operation of the target. */
  readonly operation: string | null;
  /** Null: whatever it is held for. */
  readonly cause: 'contract_broken' | null;
  readonly actor: string;
  readonly note: string;
};

/** At most `limits.maxBulkReleases`; `remaining` says whether more are left. The hold is lifted first. */
export async function releaseOperation(
  deps: { readonly holds: OperationHolds; readonly sequencers: Pick<Sequencers, 'all'> },
  release: OperationRelease,
): Promise<ReleaseManyAnswer> {
  const { holds, sequencers } = deps;
  await holds.lift(release.target, release.operation);
  const released: string[] = [];
  const refused: { readonly deliveryId: string; readonly reason: string }[] = [];
  let remaining = 0;
  for (const sequencer of sequencers.all()) {
    const limit = limits.maxBulkReleases - released.length - refused.length;
    const answer = await sequencer.releaseMany({ ...release, limit });
    released.push(...answer.released);
    refused.push(...answer.refused);
    remaining += answer.remaining;
  }
  return { released, refused, remaining };
}
