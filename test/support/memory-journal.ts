// The journal in memory, as strict as the real one about `from` and `to`, for tests of what reads it.
// It can be away (throws) or silent (never answers).

import type { Attempt } from '../../src/core/delivery.ts';
import { compareInList, isAfterCursor, matchesFilter } from '../../src/core/delivery-filter.ts';
import type { EventPayload } from '../../src/core/event.ts';
import type { OperatorAct } from '../../src/core/operator-act.ts';
import type { DeliveryView } from '../../src/core/sequencer/messages.ts';
import type { EventRecord } from '../../src/core/sequencer/record.ts';
import { type Journal, type JournalReader, PortError } from '../../src/pipeline/ports.ts';

export type MemoryJournal = Journal &
  JournalReader & {
    state: 'here' | 'away' | 'silent';
    readonly forgetPayloads: () => void;
    readonly acts: () => readonly OperatorAct[];
  };

type Row = { record: EventRecord; payload: EventPayload | null; attempts: Map<string, Attempt> };

export function createMemoryJournal(): MemoryJournal {
  const standing = new Map<string, number>();
  const rows = new Map<string, Row>();
  const acts = new Map<string, OperatorAct>();
  const journal: MemoryJournal = {
    state: 'here',
    append: (batch) =>
      answer(journal, () => {
        for (const { record } of batch.entries) for (const act of record.acts ?? []) acts.set(act.id, act);
        return append(standing, rows, batch);
      }),
    list: ({ filter, cursor, limit }) =>
      answer(journal, () => ({
        resume: null,
        views: [...rows.values()]
          .flatMap(({ record }) => record.deliveries.map((delivery) => toView(record, delivery.id)))
          .filter((view) => matchesFilter(filter, view) && isAfterCursor(cursor, view))
          .sort(compareInList)
          .slice(0, limit),
      })),
    find: (deliveryId) =>
      answer(journal, () => {
        const row = [...rows.values()].find(({ record }) =>
          record.deliveries.some(({ id }) => id === deliveryId),
        );
        if (row === undefined) return null;
        const attempts = [...row.attempts.values()].filter((attempt) => attempt.deliveryId === deliveryId);
        return {
          ...toView(row.record, deliveryId),
          record: { ...row.record, attempts: [] },
          payload: row.payload,
          attempts,
        };
      }),
    acts: () => [...acts.values()],
    forgetPayloads: () => {
      for (const row of rows.values()) row.payload = null;
    },
  };
  return journal;
}

async function answer<T>(journal: MemoryJournal, work: () => T): Promise<T> {
  if (journal.state === 'silent') return new Promise(() => {});
  if (journal.state === 'away')
    throw new PortError('the journal is away', { retryable: false, overloaded: false });
  return work();
}

function append(
  standing: Map<string, number>,
  rows: Map<string, Row>,
  batch: Parameters<Journal['append']>[0],
) {
  const partition = `${batch.generation}/${batch.partition}`;
  const stands = standing.get(partition) ?? 0;
  if (stands !== batch.from) return { appliedThrough: stands };
  for (const { record, payload } of batch.entries) {
    const before = rows.get(record.id);
    const attempts = before?.attempts ?? new Map<string, Attempt>();
    for (const attempt of record.attempts) {
      attempts.set(`${attempt.deliveryId}/${attempt.number}/${attempt.epoch}/${attempt.mode}`, attempt);
    }
    rows.set(record.id, { record, payload: payload ?? before?.payload ?? null, attempts });
  }
  standing.set(partition, batch.to);
  return { appliedThrough: batch.to };
}

function toView(record: EventRecord, deliveryId: string): DeliveryView {
  const delivery = record.deliveries.find(({ id }) => id === deliveryId);
  if (delivery === undefined) throw new Error(`${deliveryId} is not in ${record.id}`);
  const { event, id } = record;
  return { delivery, status: delivery.state.status, eventRecordId: id, event, waiting: null };
}
