// One socket of the relay's live tail, kept up: a ticket for each connection, again and again where it ends, from where it was. Knows no
// page: it says how it stands and what changed. A relay that sends nothing for a minute is as good as away.

import { post } from '../api.ts';
import type { TailItem } from '../wire.ts';

/** `connecting`: not yet, or not any more; it tries. `refused`: the relay lets nobody in just now. */
export type TailStanding = 'connecting' | 'live' | 'refused';

export type TailEvents = {
  readonly stands: (standing: TailStanding) => void;
  readonly changed: (items: readonly TailItem[]) => void;
  /** Changes were not told: what is shown has to be read again. */
  readonly missed: () => void;
};

/** A beat comes every 30 s. */
const silenceMs = 60_000;

/** Waits between two tries, ms: at once after a good connection, then longer; a relay that was restarted is back soon. */
const retry = { firstMs: 500, mostMs: 15_000 };

type Message =
  | { readonly type: 'hello' | 'beat'; readonly at: string }
  | { readonly type: 'deliveries'; readonly at: string; readonly items: readonly TailItem[] }
  | { readonly type: 'missed' | 'bye' };

/** @param query the filter, as in an address. Returns what ends it. */
export function openTail(query: string, events: TailEvents): () => void {
  let isOver = false;
  let socket: WebSocket | null = null;
  let timer: number | undefined;
  let waitMs = retry.firstMs;
  let since: string | null = null;

  const again = (): void => {
    if (isOver) return;
    socket = null;
    clearTimeout(timer);
    timer = setTimeout(() => void connect(), waitMs * (0.5 + Math.random() / 2));
    waitMs = Math.min(waitMs * 2, retry.mostMs);
  };
  const listen = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => socket?.close(), silenceMs);
  };
  const take = (message: Message): void => {
    listen();
    if (message.type === 'hello') {
      waitMs = retry.firstMs;
      events.stands('live');
    } else if (message.type === 'deliveries') events.changed(message.items);
    else if (message.type === 'missed') events.missed();
    if ('at' in message) since = message.at;
  };
  const connect = async (): Promise<void> => {
    const answer = await post<{ readonly ticket: string }>('/admin/tail/tickets', {});
    if (isOver) return;
    if (answer.kind !== 'ok') {
      events.stands(answer.kind === 'problem' ? 'refused' : 'connecting');
      again();
      return;
    }
    const filter = new URLSearchParams(query);
    if (since !== null) filter.set('since', since);
    const address = `${location.origin.replace(/^http/, 'ws')}/admin/tail?${filter}`;
    socket = new WebSocket(address, ['holdfast.tail.v1', `ticket.${answer.value.ticket}`]);
    socket.onmessage = ({ data }) => take(JSON.parse(String(data)) as Message);
    socket.onclose = () => {
      if (isOver) return;
      events.stands('connecting');
      again();
    };
    listen();
  };
  void connect();
  return () => {
    isOver = true;
    clearTimeout(timer);
    socket?.close();
  };
}
