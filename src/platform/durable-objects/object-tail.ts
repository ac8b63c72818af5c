// The live tail as its callers see it: a stub of its one object, and its errors as PortErrors.

import type { TailBatch } from '../../core/tail/tail-changes.ts';
import type { Tail } from '../../pipeline/tail-ports.ts';
import { toPortError } from './object-sequencer.ts';
import type { TailObjectBase } from './tail-object.ts';

/** One for the whole relay: every partition tells it, every listener is with it. */
const tailName = 'tail';

type TailStub = Pick<TailObjectBase, 'issueTicket' | 'redeemTicket' | 'publish' | 'fetch'>;

function stubOf(namespace: Env['TAIL']): TailStub {
  return namespace.get(namespace.idFromName(tailName)) as unknown as TailStub;
}

export function createObjectTail(namespace: Env['TAIL']): Tail {
  const call = async <T>(work: (tail: TailStub) => Promise<T>): Promise<T> => {
    try {
      return await work(stubOf(namespace));
    } catch (error) {
      throw toPortError(error);
    }
  };
  return {
    issueTicket: (holder) => call((tail) => tail.issueTicket(holder)),
    redeemTicket: (ticket) => call((tail) => tail.redeemTicket(ticket)),
    open: async (listener) => {
      const url = new URL('https://tail.local/');
      url.searchParams.set('listener', JSON.stringify(listener));
      const request = new Request(url, { headers: { upgrade: 'websocket' } });
      const answer = await call((tail) => tail.fetch(request));
      return answer.status === 101 ? answer : null;
    },
  };
}

/** The partitions' side. */
export function tellObjectTail(namespace: Env['TAIL'], batch: TailBatch): Promise<boolean> {
  return stubOf(namespace).publish(batch);
}
