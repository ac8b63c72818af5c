// Two kinds of load. `sendBurst`: so many connections, each as fast as it is answered; every tenth event twice.
// `sendAtPace`: an open loop, one event every so many ms whether or not the earlier ones were answered.

import { setTimeout as wait } from 'node:timers/promises';
import { type Connection, openConnection } from './http-client.ts';
import type { OrderEvent } from './orders.ts';

export type Sent = {
  /** performance.now() */
  readonly startedAt: number;
  /** When the last answer was complete. */
  readonly answeredAt: number;
  readonly posted: number;
  /** Answers that were no 2xx. */
  readonly refused: number;
};

/** Every how many events one is posted twice: 10 %. */
const duplicateEvery = 10;

/** An order's events go over one connection, one after the other: no sender sends the second before the first is taken. */
export async function sendBurst(
  url: string,
  events: readonly OrderEvent[],
  options: { readonly connections: number; readonly duplicates?: boolean },
): Promise<Sent> {
  const { connections, duplicates = true } = options;
  const orders = [...Map.groupBy(events, ({ order }) => order).values()];
  let next = 0;
  let posted = 0;
  let refused = 0;
  const post = async (connection: Connection, event: OrderEvent): Promise<void> => {
    const status = await connection.post(event.request);
    posted += 1;
    if (status < 200 || status > 299) refused += 1;
  };
  const open = await Promise.all(Array.from({ length: connections }, () => openConnection(url)));
  const startedAt = performance.now();
  await Promise.all(
    open.map(async (connection) => {
      for (let order = orders[next++]; order !== undefined; order = orders[next++]) {
        for (const event of order) {
          await post(connection, event);
          if (duplicates && posted % duplicateEvery === 0) await post(connection, event);
        }
      }
    }),
  );
  const answeredAt = performance.now();
  for (const connection of open) connection.close();
  return { startedAt, answeredAt, posted, refused };
}

export type Paced = {
  /** ms from when it was due to its answer. */
  readonly acceptMs: readonly number[];
  /** When each event was due, performance.now(). */
  readonly dueAt: ReadonlyMap<string, number>;
  readonly refused: number;
};

export async function sendAtPace(
  url: string,
  events: readonly OrderEvent[],
  everyMs: number,
): Promise<Paced> {
  const free: Connection[] = await Promise.all(Array.from({ length: 8 }, () => openConnection(url)));
  const acceptMs: number[] = [];
  const dueAt = new Map<string, number>();
  let refused = 0;
  const startedAt = performance.now() + everyMs;
  const running: Promise<void>[] = [];
  for (const [index, event] of events.entries()) {
    const due = startedAt + index * everyMs;
    const early = due - performance.now();
    if (early > 0) await wait(early);
    dueAt.set(event.id, due);
    running.push(
      (async () => {
        const connection = free.pop() ?? (await openConnection(url));
        const status = await connection.post(event.request);
        acceptMs.push(performance.now() - due);
        if (status < 200 || status > 299) refused += 1;
        free.push(connection);
      })(),
    );
  }
  await Promise.all(running);
  for (const connection of free) connection.close();
  return { acceptMs, dueAt, refused };
}
