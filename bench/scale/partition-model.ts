// One partition under load: its object does one thing at a time, claims are committed in groups, consumers lease as many
// deliveries as they have connections. A model: the counts are those of the real rules, the times are those of service-times.ts.

import type { EventList } from './event-list.ts';
import { platformBounds, serviceTimes as times } from './service-times.ts';

export type PartitionLoad = {
  /** ms from the arrival of a webhook to its answer. */
  readonly acceptMs: number[];
  /** ms from the arrival of a webhook to the ERP's answer. */
  readonly endToEndMs: number[];
  claimed: number;
  delivered: number;
  calls: number;
  doorbells: number;
};

/** How long claims of a busy object wait for company, ms: group-commit.ts. */
const gatherMs = 1;

/** Longest an outcome waits for others: settleGatherMs of src/core/limits.ts. */
const settleGatherMs = 50;

export function createPartitionModel(list: EventList, maxConsumers: number) {
  const load: PartitionLoad = {
    acceptMs: [],
    endToEndMs: [],
    claimed: 0,
    delivered: 0,
    calls: 0,
    doorbells: 0,
  };
  const waiting: number[] = [];
  const ready: number[] = [];
  let freeAt = 0;
  let consumers = 0;
  let isRung = false;

  /** Takes the object for so long; what it wrote is answered after the sync. */
  const occupy = (ms: number): number => {
    freeAt = Math.max(freeAt, list.now()) + ms;
    return freeAt;
  };
  const ring = (): void => {
    if (isRung || ready.length === 0 || consumers >= maxConsumers) return;
    isRung = true;
    load.doorbells += 1;
    list.at(list.now() + times.doorbellMs, () => {
      isRung = false;
      consumers += 1;
      lease([]);
    });
  };
  const commit = (): void => {
    const group = waiting.splice(0);
    const doneAt = occupy(times.transactionMs + times.claimMs * group.length) + times.syncMs;
    load.claimed += group.length;
    load.calls += group.length;
    for (const arrivedAt of group) load.acceptMs.push(doneAt - arrivedAt + times.callMs);
    list.at(doneAt, () => {
      ready.push(...group);
      ring();
    });
  };
  /** Settles what is done and takes as much again; a consumer that gets nothing ends. */
  const lease = (done: readonly number[]): void => {
    load.calls += 1;
    const taken = ready.splice(0, platformBounds.connections);
    const answeredAt = occupy(times.transactionMs + times.deliveryMs * Math.max(taken.length, done.length));
    load.delivered += done.length;
    if (taken.length === 0) {
      consumers -= 1;
      ring();
      return;
    }
    ring();
    const startedAt = answeredAt + times.syncMs + times.callMs;
    list.at(startedAt + times.erpMs, () => {
      for (const arrivedAt of taken) load.endToEndMs.push(list.now() - arrivedAt);
      list.at(Math.min(list.now() + settleGatherMs, Math.max(list.now(), freeAt)), () => lease(taken));
    });
  };
  return {
    load,
    backlog: () => waiting.length + ready.length,
    arrive: (): void => {
      waiting.push(list.now());
      if (waiting.length > 1) return;
      const isBusy = freeAt > list.now() - gatherMs;
      list.at(Math.max(freeAt, list.now() + (isBusy ? gatherMs : 0)), commit);
    },
  };
}
