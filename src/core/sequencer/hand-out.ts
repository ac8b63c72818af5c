// Part of a lease: what a consumer gets of the lines that were picked. Their heads, what it may go on with behind each, and
// heads it may have in hand before it can start them. Runs inside the caller's transaction.

import type { Delivery } from '../delivery.ts';
import { limits } from '../limits.ts';
import { type KeyState, keepRecord, type Line, ledgerFor, lineOf, orderOf, recordKey } from './key-state.ts';
import type { Position } from './line.ts';
import type { LeasedDelivery, LeaseRequest } from './messages.ts';
import type { EventKey } from './record.ts';
import { runBehind } from './run.ts';
import type { ActiveLease, SequencerState } from './state.ts';

/** The head of a line. */
export type Pick = { readonly key: KeyState; readonly line: Line; readonly position: Position };

export type HandOut = {
  readonly active: ActiveLease;
  readonly request: LeaseRequest;
  readonly picks: readonly Pick[];
  readonly nextAhead: () => Pick | null;
};

/** The picked heads, whatever their size; the rest as far as there is room. Those of one line stand in their order. */
export function handOut(
  state: SequencerState,
  { active, request, picks, nextAhead }: HandOut,
): LeasedDelivery[] {
  const { room = 0, most = 1, notFor = [] } = request.runs ?? {};
  let count = 0;
  let bytes = 0;
  const give = (pick: Pick): LeasedDelivery => {
    const item = handOutOne(state, pick, active);
    count += 1;
    bytes += item.payload.body.byteLength;
    return item;
  };
  const hasRoom = (): boolean => count < room && bytes < limits.maxLeasedBytes;
  // Before the head is handed out: as a started one it stands first, also where a waiter had let it go ahead.
  const behindOf = ({ key, line, position: head }: Pick): readonly Position[] =>
    notFor.includes(line.target) ? [] : runBehind({ key, line, head }, Math.min(most, limits.maxRun) - 1);
  const goOn = (
    run: LeasedDelivery[],
    { key, line }: Pick,
    behind: readonly Position[],
  ): LeasedDelivery[] => {
    for (const position of behind) {
      if (!hasRoom()) break;
      run.push(give({ key, line, position }));
    }
    if (orderOf(key, line).length <= run.length) return run;
    return run.map((item, index) => (index === run.length - 1 ? { ...item, successorWaits: true } : item));
  };
  const heads = picks.map((pick) => ({ pick, behind: behindOf(pick), run: [give(pick)] }));
  const leased = heads.flatMap(({ pick, behind, run }) => goOn(run, pick, behind));
  for (let pick = hasRoom() ? nextAhead() : null; pick !== null; pick = hasRoom() ? nextAhead() : null) {
    const behind = behindOf(pick);
    leased.push(...goOn([give(pick)], pick, behind));
  }
  return leased;
}

function handOutOne(state: SequencerState, pick: Pick, active: ActiveLease): LeasedDelivery {
  const { key, position } = pick;
  const payload = state.rows.readPayload(position.record.event);
  if (payload === null)
    throw new Error(`payload of ${position.record.id} is missing though the event is open`);
  const started = startDelivery(pick, active.epoch);
  const ledger = ledgerFor(key, started);
  pick.line.leased.add(started.id);
  active.deliveryIds.add(started.id);
  active.ledgers.set(started.id, ledger);
  state.leaseOf.set(started.id, active);
  return {
    delivery: started,
    eventRecordId: position.record.id,
    event: position.record.event,
    payload,
    epoch: active.epoch,
    ledger,
    successorWaits: false,
  };
}

/** Its place is fixed from now on. In memory only: after a restart the lease row says the same. */
function startDelivery(pick: Pick, epoch: number): Delivery {
  const { occupant, record } = pick.position;
  if (occupant.startNumber !== null) return occupant;
  const started: Delivery = { ...occupant, startNumber: epoch };
  replaceInMemory(pick.key, record.event, started);
  return started;
}

/** The record is read again: the one a line keeps may be older than what another target's line did to it. */
export function replaceInMemory(key: KeyState, event: EventKey, delivery: Delivery): void {
  const record = key.records.get(recordKey(event));
  if (record === undefined) return;
  const deliveries = record.deliveries.map((other) => (other.id === delivery.id ? delivery : other));
  keepRecord(key, { ...record, deliveries });
  lineOf(key, delivery.target).order = null;
}
