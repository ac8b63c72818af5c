// The live tail in memory: tickets that are good once, and sockets that are only noted. What a socket is told is tried on the real one
// (test/platform/tail-object.test.ts).

import type { Holder } from '../../src/core/identity/caller.ts';
import { limits } from '../../src/core/limits.ts';
import type { Listener, Tail } from '../../src/pipeline/tail-ports.ts';

export type MemoryTail = Tail & { readonly opened: Listener[]; isFull: boolean };

export function createMemoryTail(now: () => number): MemoryTail {
  const tickets = new Map<string, Holder>();
  const opened: Listener[] = [];
  const tail: MemoryTail = {
    opened,
    isFull: false,
    issueTicket: async (holder) => {
      const ticket = `ticket-${tickets.size + 1}`;
      tickets.set(ticket, holder);
      return { ticket, expiresAt: now() + limits.tailTicketMs };
    },
    redeemTicket: async (ticket) => {
      const holder = tickets.get(ticket) ?? null;
      tickets.delete(ticket);
      return holder;
    },
    open: async (listener) => {
      if (tail.isFull) return null;
      opened.push(listener);
      return new Response('opened');
    },
  };
  return tail;
}
