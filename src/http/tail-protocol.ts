// How a caller that cannot send `Authorization` comes to the live tail: by a ticket among the protocols its socket offers, the one
// header a browser lets a page choose. It stands in no address, so in no log.

import { limits } from '../core/limits.ts';

/** What the socket speaks; who offers protocols at all has to offer it. */
export const tailProtocol = 'holdfast.tail.v1';

const ticketPrefix = 'ticket.';

/** Of `Sec-WebSocket-Protocol: holdfast.tail.v1, ticket.…`. Null: it holds none. */
export function ticketIn(protocols: string | undefined): string | null {
  const ticket = offered(protocols)
    .find((each) => each.startsWith(ticketPrefix))
    ?.slice(ticketPrefix.length);
  return ticket === undefined || ticket === '' || ticket.length > limits.maxTokenCharacters ? null : ticket;
}

/** Null: it is not offered, so it may not be answered. */
export function protocolIn(protocols: string | undefined): typeof tailProtocol | null {
  return offered(protocols).includes(tailProtocol) ? tailProtocol : null;
}

function offered(protocols: string | undefined): readonly string[] {
  return (protocols ?? '').split(',').map((each) => each.trim());
}
