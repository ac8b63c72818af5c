// The sockets of the live tail and what each is told: what its caller may see and its filter asks for, no more in a second than a person
// reads. A caller is looked up again before it is told anything once its last look-up is some seconds old; who is no longer let in is
// closed. What each listens for stands in the object's storage, for the sockets outlive its memory.

import { type AccessView, isWhole } from '../../core/identity/access-view.ts';
import type { Caller, Holder } from '../../core/identity/caller.ts';
import { limits } from '../../core/limits.ts';
import type { TailBatch } from '../../core/tail/tail-changes.ts';
import { matchesTail, seesItem, type TailFilter, type TailItem } from '../../core/tail/tail-item.ts';

/** Null: it is no longer let in. Throws where nobody can say. */
export type FindCaller = (holder: Holder) => Promise<Caller | null>;

export type ByeReason = 'access_ended' | 'registry_unavailable' | 'lifetime' | 'unexpected_message';

type Kept = { readonly holder: Holder; readonly filter: TailFilter; readonly openedAt: number };

/** In memory only: after it is lost each caller is looked up anew, and a second begins anew. */
type Pace = {
  view: AccessView;
  checkedAt: number;
  second: number;
  sentCount: number;
  /** What it was not told of, of what it would have been. */
  missedCount: number;
  /** Nobody knows how much of what was not kept it would have been told. */
  isMissedUnknown: boolean;
};

export type TailSockets = {
  readonly count: () => number;
  readonly add: (socket: WebSocket, kept: Kept) => void;
  readonly remove: (socket: WebSocket) => void;
  readonly hello: (socket: WebSocket) => void;
  /** It was away, and what it missed is not known any more. */
  readonly gap: (socket: WebSocket) => void;
  /** To all, or to one alone. Never rejects. */
  readonly tell: (batch: TailBatch, only?: WebSocket) => Promise<void>;
  /** Looks at every caller, closes who stayed too long, and says that the tail is alive. Never rejects. */
  readonly beat: () => Promise<void>;
  readonly close: (socket: WebSocket, reason: ByeReason) => void;
};

const prefix = 'listener/';

export function createTailSockets(deps: {
  readonly ctx: Pick<DurableObjectState, 'acceptWebSocket' | 'getWebSockets'>;
  readonly kv: Pick<DurableObjectStorage['kv'], 'get' | 'put' | 'delete'>;
  readonly findCaller: FindCaller;
  readonly now: () => number;
  readonly uuid: () => string;
}): TailSockets {
  const { ctx, kv, now } = deps;
  const paces = new Map<string, Pace>();

  const remove = (socket: WebSocket): void => {
    const id = idOf(socket);
    paces.delete(id);
    kv.delete(`${prefix}${id}`);
  };
  const close = (socket: WebSocket, reason: ByeReason): void => {
    send(socket, { type: 'bye', reason });
    remove(socket);
    socket.close(closeCodes[reason], reason);
  };
  /** Null: it was closed. */
  const paceOf = async (socket: WebSocket): Promise<{ readonly kept: Kept; readonly pace: Pace } | null> => {
    const id = idOf(socket);
    const kept = kv.get<Kept>(`${prefix}${id}`);
    if (kept === undefined) return null;
    const known = paces.get(id);
    if (known !== undefined && now() - known.checkedAt < limits.tailCallerMs) return { kept, pace: known };
    const checkedAt = now();
    const looked = await look(deps.findCaller, kept.holder);
    // It may have gone meanwhile.
    if (kv.get<Kept>(`${prefix}${id}`) === undefined) return null;
    if (looked.kind === 'refused') {
      close(socket, looked.reason);
      return null;
    }
    const before = paces.get(id) ?? { second: 0, sentCount: 0, missedCount: 0, isMissedUnknown: false };
    const pace = Object.assign(before, { view: looked.view, checkedAt });
    paces.set(id, pace);
    return { kept, pace };
  };
  const tellOne = async (socket: WebSocket, batch: TailBatch): Promise<void> => {
    const found = await paceOf(socket);
    if (found === null) return;
    const { kept, pace } = found;
    const own = batch.items.filter((item) => seesItem(pace.view, item) && matchesTail(kept.filter, item));
    // Whose it was what was not kept nobody knows: how much it was is told to who may see it all, and asked for it.
    if (isWhole(pace.view) && Object.keys(kept.filter).length === 0) pace.missedCount += batch.missedCount;
    else pace.isMissedUnknown ||= batch.missedCount > 0;
    const items = own.slice(0, room(pace, now()));
    pace.sentCount += items.length;
    pace.missedCount += own.length - items.length;
    if (items.length > 0) send(socket, toDeliveries(items, now()));
    const { missedCount, isMissedUnknown } = pace;
    if ((missedCount === 0 && !isMissedUnknown) || room(pace, now()) === 0) return;
    send(socket, { type: 'missed', count: isMissedUnknown ? null : missedCount });
    Object.assign(pace, { missedCount: 0, isMissedUnknown: false });
  };
  return {
    count: () => ctx.getWebSockets().filter(isOpen).length,
    add: (socket, kept) => {
      const id = deps.uuid();
      kv.put<Kept>(`${prefix}${id}`, kept);
      socket.serializeAttachment(id);
      ctx.acceptWebSocket(socket);
    },
    remove,
    close,
    gap: (socket) => send(socket, { type: 'missed', count: null }),
    hello: (socket) => send(socket, { type: 'hello', at: iso(now()) }),
    tell: async (batch, only) => {
      const sockets = only === undefined ? ctx.getWebSockets() : [only];
      await Promise.all(sockets.map((socket) => tellOne(socket, batch)));
    },
    beat: async () => {
      await Promise.all(
        ctx.getWebSockets().map(async (socket) => {
          const found = await paceOf(socket);
          if (found === null) return;
          if (now() - found.kept.openedAt >= limits.tailSocketMs) return close(socket, 'lifetime');
          await tellOne(socket, { items: [], missedCount: 0 });
          send(socket, { type: 'beat', at: iso(now()) });
        }),
      );
    },
  };
}

/** RFC 6455: 1008 is against the rules, 1012 asks to come again, 1013 to come again later. */
const closeCodes: Readonly<Record<ByeReason, number>> = {
  access_ended: 1008,
  unexpected_message: 1008,
  lifetime: 1012,
  registry_unavailable: 1013,
};

type Looked =
  | { readonly kind: 'seen'; readonly view: AccessView }
  | { readonly kind: 'refused'; readonly reason: ByeReason };

async function look(findCaller: FindCaller, holder: Holder): Promise<Looked> {
  try {
    const caller = await findCaller(holder);
    if (caller === null || !caller.scopes.has('deliveries:read'))
      return { kind: 'refused', reason: 'access_ended' };
    return { kind: 'seen', view: caller.view };
  } catch {
    return { kind: 'refused', reason: 'registry_unavailable' };
  }
}

/** How many more it may be told in this second. */
function room(pace: Pace, now: number): number {
  const second = Math.floor(now / 1_000);
  if (pace.second !== second) Object.assign(pace, { second, sentCount: 0 });
  return Math.max(0, limits.tailItemsPerSecond - pace.sentCount);
}

function idOf(socket: WebSocket): string {
  return String(socket.deserializeAttachment());
}

/** A socket that is gone takes nothing; the runtime says so by its close. */
function send(socket: WebSocket, message: object): void {
  if (isOpen(socket)) socket.send(JSON.stringify(message));
}

function isOpen({ readyState }: WebSocket): boolean {
  return readyState === WebSocket.OPEN;
}

function toDeliveries(items: readonly TailItem[], now: number): object {
  const shown = items.map(({ type, receivedAt, updatedAt, ...item }) => ({
    ...item,
    eventType: type,
    receivedAt: iso(receivedAt),
    updatedAt: iso(updatedAt),
  }));
  return { type: 'deliveries', at: iso(now), items: shown };
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
