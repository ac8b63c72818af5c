// The memory of one sequencer over its rows: made again from them when it is first needed and after anything threw. What changed for
// the live tail, and what happened, are taken out of it here. Pure but for the rows port.

import { createTailChanges, type TailBatch, takeChanges } from '../tail/tail-changes.ts';
import type { Signal } from './messages.ts';
import type { SequencerRows } from './record.ts';
import { restoreSequencer } from './restore.ts';
import type { SequencerConfig, SequencerState } from './state.ts';

export type SequencerMemory = {
  /** One transaction; whatever throws rolls it back and drops the memory. */
  readonly change: <T>(now: number, work: (state: SequencerState) => T) => T;
  readonly look: <T>(now: number, read: (state: SequencerState) => T) => T;
  /** Whether changes are kept for the live tail. */
  readonly listen: (isListening: boolean) => void;
  /** What changed since the last call, for the live tail; empty where nobody listens. */
  readonly takeTail: () => TailBatch;
  readonly takeSignals: () => readonly Signal[];
};

export function createMemory(rows: SequencerRows, config: SequencerConfig): SequencerMemory {
  let memory: SequencerState | null = null;
  let isListening = false;
  /** Changes the tail was not told of, because memory was dropped with them. */
  let lostCount = 0;

  const stateAt = (now: number): SequencerState => {
    if (memory === null) {
      memory = restoreSequencer(rows, config, now);
      if (isListening) memory.tail = createTailChanges(lostCount);
      lostCount = 0;
    }
    memory.now = now;
    return memory;
  };
  /** What was rolled back did not happen; of what was not told before it nobody knows any more which is which. */
  const forget = (): void => {
    const { items, missedCount } = memory?.tail ?? createTailChanges(0);
    lostCount += items.size + missedCount;
    memory = null;
  };

  return {
    change: (now, work) => {
      try {
        const state = stateAt(now);
        return rows.transaction(() => work(state));
      } catch (error) {
        forget();
        throw error;
      }
    },
    look: (now, read) => read(stateAt(now)),
    listen: (wanted) => {
      if (isListening === wanted) return;
      isListening = wanted;
      if (memory !== null) memory.tail = wanted ? createTailChanges(0) : null;
    },
    takeTail: () =>
      memory === null || memory.tail === null ? { items: [], missedCount: 0 } : takeChanges(memory.tail),
    takeSignals: () => memory?.signals.splice(0) ?? [],
  };
}
