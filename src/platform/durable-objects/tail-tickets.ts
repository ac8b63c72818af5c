// Tickets for the live tail: each opens one socket, once, within half a minute. Only their hashes are kept, so what is stored opens
// nothing. Synchronous rows of one object; bounded.

import type { Holder } from '../../core/identity/caller.ts';
import { limits } from '../../core/limits.ts';
import type { Ticket } from '../../pipeline/tail-ports.ts';
import { toHex } from '../d1/hex.ts';

type Kept = { readonly holder: Holder; readonly expiresAt: number };

export type TailTickets = {
  readonly issue: (holder: Holder, now: number) => Promise<Ticket>;
  /** Null: it is not good, or no longer. */
  readonly redeem: (ticket: string, now: number) => Promise<Holder | null>;
};

const prefix = 'ticket/';

/** 256 bits: nobody guesses one within its life. */
const ticketBytes = 32;

export function createTailTickets(
  kv: DurableObjectStorage['kv'],
  random: (length: number) => Uint8Array<ArrayBuffer>,
): TailTickets {
  const prune = (now: number): void => {
    const kept = [...kv.list<Kept>({ prefix })];
    const over = kept.filter(([, { expiresAt }]) => expiresAt <= now).map(([name]) => name);
    const left = kept.filter(([, { expiresAt }]) => expiresAt > now);
    const tooMany = left
      .sort(([, a], [, b]) => a.expiresAt - b.expiresAt)
      .slice(0, Math.max(0, left.length - limits.maxTailTickets + 1))
      .map(([name]) => name);
    for (const name of [...over, ...tooMany]) kv.delete(name);
  };
  return {
    issue: async (holder, now) => {
      const ticket = toHex(random(ticketBytes));
      const expiresAt = now + limits.tailTicketMs;
      const name = await nameOf(ticket);
      prune(now);
      kv.put<Kept>(name, { holder, expiresAt });
      return { ticket, expiresAt };
    },
    redeem: async (ticket, now) => {
      const name = await nameOf(ticket);
      const kept = kv.get<Kept>(name);
      // In one turn: the second who comes finds nothing.
      if (kept === undefined) return null;
      kv.delete(name);
      return kept.expiresAt > now ? kept.holder : null;
    },
  };
}

async function nameOf(ticket: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(ticket));
  return `${prefix}${toHex(new Uint8Array(digest))}`;
}
