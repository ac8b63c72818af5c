// Stage 5 for a notice: one POST, signed as Standard Webhooks says. No ERP, no doubt: a receiver that gets it twice knows it
// by its webhook-id. Where it may go is checked again here, for the configuration may have changed since it was asked for.

import type { Exchange, JobNotice } from '../core/delivery.ts';
import { isAllowedCallback } from '../core/notice.ts';
import type { Outcome } from '../core/outcome.ts';
import type { LeasedDelivery, Settlement } from '../core/sequencer/messages.ts';
import { toAttemptOutcome } from '../core/sequencer/settle.ts';
import { rejected } from './classify-failure.ts';
import type { Clock, NoticeSender } from './ports.ts';
import { signNotice } from './sign-notice.ts';

export type NoticeDependencies = {
  readonly clock: Clock;
  /** Null: no callbacks are configured. */
  readonly notices: NoticeSender | null;
};

export async function performNotice(
  deps: NoticeDependencies,
  leased: LeasedDelivery,
  notice: JobNotice,
): Promise<Settlement> {
  const startedAt = deps.clock.now();
  const { delivery, epoch } = leased;
  const body = toBody(notice);
  const tried = await send(deps, { id: delivery.id, notice, body, at: startedAt });
  return {
    deliveryId: delivery.id,
    orderingKey: leased.event.orderingKey,
    epoch,
    result: { kind: 'outcome', outcome: tried.outcome, inputHash: null, spent: true, doubtCleared: false },
    attempt: {
      ...{ deliveryId: delivery.id, epoch, mode: 'perform', startedAt, endedAt: deps.clock.now() },
      ...{ outcome: toAttemptOutcome(tried.outcome), exchanges: tried.exchanges, input: body },
    },
  };
}

/** The envelope of Standard Webhooks: type, timestamp, data. */
function toBody({ endedAt, of, url: _, ...job }: JobNotice): string {
  const timestamp = new Date(endedAt).toISOString();
  return JSON.stringify({ type: `job.${job.status}`, timestamp, data: { ...job, deliveryId: of } });
}

type Tried = { readonly outcome: Outcome; readonly exchanges: readonly Exchange[] };

async function send(
  { notices }: NoticeDependencies,
  message: { readonly id: string; readonly notice: JobNotice; readonly body: string; readonly at: number },
): Promise<Tried> {
  const { id, notice, body, at } = message;
  const refuse = (text: string): Tried => ({ outcome: rejected('egress_refused', text), exchanges: [] });
  if (notices === null) return refuse('callbacks are not configured');
  if (!isAllowedCallback(notice.url, notices.origins))
    return refuse('its origin is not one of CALLBACK_ORIGINS');
  const headers = await signNotice([notices.secret], { id, body, at });
  const { status, exchange } = await notices.send({ url: notice.url, headers, body });
  if (status !== null && status >= 200 && status < 300) {
    const document = { documentId: id, documentNumber: notice.jobId, state: 'delivered' };
    return { outcome: { kind: 'succeeded', effect: 'done', document }, exchanges: [exchange] };
  }
  // Gone: the receiver says that it wants no more.
  if (status === 410)
    return { outcome: rejected('gone', 'the receiver answered 410'), exchanges: [exchange] };
  const text = status === null ? (exchange.failure ?? 'no answer') : `the receiver answered ${status}`;
  const outcome = { kind: 'retryable', effect: 'none', reason: 'erp_unavailable', message: text } as const;
  return { outcome, exchanges: [exchange] };
}
