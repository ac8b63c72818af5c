// Sends notices: the call of an ERP connection without token or lease. Follows no redirect, for the origin it may go to was
// checked for the first address only.

import type { Clock, NoticeSender } from '../../pipeline/ports.ts';
import { sendRequest } from './send-request.ts';

/** Longest time a receiver may take, ms: Standard Webhooks advises 15 to 30 s. */
const timeoutMs = 15_000;

export function createNoticeSender(options: {
  readonly origins: readonly string[];
  readonly secret: string;
  readonly clock: Clock;
}): NoticeSender {
  return { ...createEventSender(options), secret: options.secret };
}

/** Of what is signed with many secrets: it holds none. */
export function createEventSender({
  origins,
  clock,
}: {
  readonly origins: readonly string[];
  readonly clock: Clock;
}): Pick<NoticeSender, 'origins' | 'send'> {
  return {
    origins,
    send: async ({ url, headers, body }) => {
      const request = { method: 'POST', path: '', headers, body: JSON.parse(body), write: true } as const;
      const target = { url: new URL(url), headers: {}, timeoutMs, clock };
      const { answer, exchange } = await sendRequest(request, target);
      return { status: answer.kind === 'response' ? answer.status : null, exchange };
    },
  };
}
