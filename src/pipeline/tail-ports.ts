// What is asked of the live tail by the HTTP side: tickets for callers who cannot send a header, and a socket. Pure types; the object
// behind them is platform/durable-objects/tail-object.ts.

import type { Holder } from '../core/identity/caller.ts';
import type { TailFilter } from '../core/tail/tail-item.ts';

export type Ticket = {
  readonly ticket: string;
  /** Epoch ms. */
  readonly expiresAt: number;
};

export type Listener = {
  readonly holder: Holder;
  readonly filter: TailFilter;
  /** Epoch ms; null: from now on. */
  readonly since: number | null;
  /** What the caller's side wants the socket to speak, of what it offered; null: it offered nothing. */
  readonly protocol: string | null;
};

/** Throws a PortError where the tail does not answer. */
export interface Tail {
  issueTicket(holder: Holder): Promise<Ticket>;
  /** Once. Null: it is not good, or no longer. */
  redeemTicket(ticket: string): Promise<Holder | null>;
  /** The answer to an upgrade, with its socket. Null: as many listen as may. */
  open(listener: Listener): Promise<Response | null>;
}
