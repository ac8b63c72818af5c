// Stage 5 for a notice: one POST, signed as Standard Webhooks says. No ERP, no doubt: a receiver that gets it twice knows it
// by its webhook-id. Where it may go is checked again here, for the configuration may have changed since it was asked for.

import type { Exchange, JobNotice } from '../core/delivery.ts';
import { isAllowedCallback } from '../core/notice.ts';
import type { Outcome } from '../core/outcome.ts';
import type { LeasedDelivery, Settlement } from '../core/sequencer/messages.ts';
import { toAttemptOutcome } from '../core/sequencer/settle.ts';
import { secretBytes } from '../core/signature/secret-bytes.ts';
import { rejected } from './classify-failure.ts';
import type { Clock, NoticeSender } from './ports.ts';

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
  const headers = await sign(notices.secret, { id, body, at });
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

/** `webhook-id` stays over all attempts; the time is the attempt's. */
async function sign(
  secret: string,
  message: { readonly id: string; readonly body: string; readonly at: number },
): Promise<Readonly<Record<string, string>>> {
  const key = secretBytes(secret, 'whsec_base64');
  if (key === null) throw new Error('CALLBACK_SECRET cannot be used: the configuration should have said so');
  const timestamp = String(Math.floor(message.at / 1_000));
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await crypto.subtle.importKey('raw', key.bytes, hmac, false, ['sign']);
  const signed = new TextEncoder().encode(`${message.id}.${timestamp}.${message.body}`);
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', imported, signed));
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${btoa(String.fromCharCode(...signature))}`,
  };
}
