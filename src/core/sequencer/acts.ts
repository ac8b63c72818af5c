// What persons did to deliveries, kept in the record until the journal has it: the audit loses nothing, also while D1 is away.
// Pure but for the partition's numbers.

import { formatId } from '../ids.ts';
import { limits } from '../limits.ts';
import type { OperatorAct } from '../operator-act.ts';
import type { EventRecord } from './record.ts';
import { type SequencerState, takeNumber } from './state.ts';

export type NewAct = Omit<OperatorAct, 'id' | 'at' | 'orderingKey'>;

export function withAct(state: SequencerState, record: EventRecord, act: NewAct): EventRecord {
  const id = formatId('act', state.config.partition, takeNumber(state));
  const { orderingKey } = record.event;
  return { ...record, acts: [...(record.acts ?? []), { ...act, id, at: state.now, orderingKey }] };
}

/** False: the journal has been away for so many acts on this event that another one could not be kept. */
export function hasRoomForAct(record: EventRecord): boolean {
  return (record.acts?.length ?? 0) < limits.maxUnjournaledActs;
}

export const noRoomForAct = `the journal has not taken the last ${limits.maxUnjournaledActs} acts on this event: wait until it answers`;
