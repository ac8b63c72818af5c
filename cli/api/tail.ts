// The live tail of a relay: messages as they come, over connections that are made again when they are lost. Node's own WebSocket, which
// takes headers; a browser's would not.

import { setTimeout as wait } from 'node:timers/promises';
import { err, ok, type Result } from '../../src/core/result.ts';
import type { Failure } from './failure.ts';
import type { Filter } from './filter.ts';
import { type Relay, toQuery } from './relay-api.ts';

/** As docs/admin-api.md says; a type nobody knows is passed over. */
export type TailItem = {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly code: string | null;
  readonly target: string;
  readonly operation: string;
  readonly source: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly orderingKey: string;
  readonly receivedAt: string;
  readonly updatedAt: string;
};

export type TailMessage =
  | { readonly type: 'hello'; readonly at: string }
  | { readonly type: 'deliveries'; readonly at: string; readonly items: readonly TailItem[] }
  | { readonly type: 'missed'; readonly count: number | null }
  | { readonly type: 'beat'; readonly at: string }
  | { readonly type: 'bye'; readonly reason: string };

/** A beat comes every 30 s: after two of them the connection is taken for dead, ms. */
const silenceMs = 65_000;

/** Between two connections, from the second that fails in a row, ms. */
const firstPauseMs = 500;
const longestPauseMs = 30_000;

export type Tail = {
  readonly filter: Filter;
  /** True: that was all, end. */
  readonly take: (message: TailMessage) => Promise<boolean>;
  /** Told where a connection was lost and is made again. */
  readonly onLost: (why: string) => void;
};

/** Until `take` has enough, or the relay says that this key may see nothing any more. */
export async function followTail(
  relay: Relay,
  { filter, take, onLost }: Tail,
): Promise<Result<true, Failure>> {
  let since: string | undefined;
  for (let failures = 0; ; failures += 1) {
    // A refused upgrade tells no reason: a plain request does.
    const asked = await relay.call('GET /admin/tail', { query: { ...filter, since } });
    if (!asked.ok && !isUpgradeWanted(asked.error) && (since === undefined || isFinal(asked.error)))
      return asked;
    const ended = await readOnce(relay, toQuery({ ...filter, since }), async (message) => {
      if ('at' in message) since = message.at;
      if (message.type === 'hello') failures = 0;
      return take(message);
    });
    if (ended.kind === 'enough') return ok(true);
    if (ended.kind === 'bye' && ended.reason === 'access_ended')
      return err({ kind: 'failed', message: 'The key is no longer good: the relay ended the tail.' });
    onLost(ended.kind === 'bye' ? ended.reason : ended.message);
    await wait(Math.min(longestPauseMs, firstPauseMs * 2 ** failures));
  }
}

function isUpgradeWanted(failure: Failure): boolean {
  return failure.kind === 'problem' && failure.problem.status === 426;
}

function isFinal(failure: Failure): boolean {
  return failure.kind === 'problem' && [400, 401, 403, 404].includes(failure.problem.status);
}

type Ended =
  | { readonly kind: 'enough' }
  | { readonly kind: 'bye'; readonly reason: string }
  | { readonly kind: 'lost'; readonly message: string };

type NodeWebSocket = new (
  url: string,
  options: { readonly headers: Readonly<Record<string, string>> },
) => WebSocket;

/** One connection. Messages are taken one after the other, in their order. */
function readOnce(
  relay: Relay,
  query: string,
  take: (message: TailMessage) => Promise<boolean>,
): Promise<Ended> {
  const address = `${relay.url.replace(/^http/, 'ws')}/admin/tail${query}`;
  const socket = new (WebSocket as unknown as NodeWebSocket)(address, {
    headers: { authorization: `Bearer ${relay.key}` },
  });
  return new Promise((resolve) => {
    let line: Promise<void> = Promise.resolve();
    let silence: NodeJS.Timeout | undefined;
    const end = (ended: Ended) => {
      clearTimeout(silence);
      socket.close();
      resolve(ended);
    };
    const listen = () => {
      clearTimeout(silence);
      silence = setTimeout(() => end({ kind: 'lost', message: 'nothing was heard for a minute' }), silenceMs);
    };
    listen();
    socket.addEventListener('message', ({ data }) => {
      listen();
      line = line.then(async () => {
        const message = parseMessage(data);
        if (message === null) return;
        if (await take(message)) end({ kind: 'enough' });
        else if (message.type === 'bye') end({ kind: 'bye', reason: message.reason });
      });
      line.catch((error: unknown) => end({ kind: 'lost', message: String(error) }));
    });
    socket.addEventListener('error', () => end({ kind: 'lost', message: 'the connection failed' }));
    socket.addEventListener(
      'close',
      () => void line.then(() => end({ kind: 'lost', message: 'it was closed' })),
    );
  });
}

function parseMessage(data: unknown): TailMessage | null {
  try {
    const message = JSON.parse(String(data)) as TailMessage;
    return typeof message.type === 'string' ? message : null;
  } catch {
    return null;
  }
}
