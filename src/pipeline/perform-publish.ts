// Stage 5 for an event to a subscriber: one POST, signed as Standard Webhooks says, to the URL the subscription has now. No ERP, no
// doubt: who gets it twice knows it by its webhook-id. And the sending of a test. May not decide who is told: core does.

import type { EventNotice, Exchange } from '../core/delivery.ts';
import { limits } from '../core/limits.ts';
import type { Outcome } from '../core/outcome.ts';
import type { LeasedDelivery, Settlement } from '../core/sequencer/messages.ts';
import { toAttemptOutcome } from '../core/sequencer/settle.ts';
import { type SendResult, urlProblem } from '../core/subscriptions/subscription.ts';
import { rejected } from './classify-failure.ts';
import type { Clock, NoticeSender } from './ports.ts';
import { type SignedMessage, signNotice } from './sign-notice.ts';
import type { Subscriber, Subscribers } from './subscribers.ts';

export type Publishing = {
  readonly subscribers: Subscribers;
  /** `origins`: beside public hosts, where it may send to. */
  readonly sender: Pick<NoticeSender, 'origins' | 'send'>;
};

type Sent = {
  readonly result: SendResult;
  readonly status: number | null;
  readonly exchange: Exchange | null;
};

export async function performPublish(
  deps: { readonly clock: Clock; readonly publishing: Publishing },
  leased: LeasedDelivery,
  notice: EventNotice,
): Promise<Settlement> {
  const { clock, publishing } = deps;
  const { delivery, epoch, event } = leased;
  const startedAt = clock.now();
  const base = { deliveryId: delivery.id, orderingKey: event.orderingKey, epoch };
  const subscriber = await publishing.subscribers.find(notice.subscription);
  if (subscriber === 'unknown') {
    const notBeforeAt = startedAt + limits.registryFreshMs;
    return { ...base, result: { kind: 'returned', target: delivery.target, notBeforeAt }, attempt: null };
  }
  const body = toBody(leased, notice);
  const { outcome, exchange } = await publish(publishing, subscriber, {
    ...{ id: delivery.id, body, at: startedAt },
    wasTried: delivery.attemptCount > 0,
  });
  return {
    ...base,
    result: { kind: 'outcome', outcome, inputHash: null, spent: true, doubtCleared: false },
    attempt: {
      ...{ deliveryId: delivery.id, epoch, mode: 'perform', startedAt, endedAt: clock.now() },
      ...{ outcome: toAttemptOutcome(outcome), exchanges: exchange === null ? [] : [exchange], input: body },
    },
  };
}

async function publish(
  publishing: Publishing,
  subscriber: Subscriber | 'absent',
  message: SignedMessage & { readonly wasTried: boolean },
): Promise<{ readonly outcome: Outcome; readonly exchange: Exchange | null }> {
  const refuse = (code: string, text: string) => ({ outcome: rejected(code, text), exchange: null });
  if (subscriber === 'absent') return refuse('subscription_removed', 'the subscription was removed');
  if (subscriber.state !== 'active') return refuse('subscription_disabled', `it is ${subscriber.state}`);
  const { id } = subscriber.subscription;
  const { result, exchange } = await send(publishing, subscriber, message);
  // Told nobody: that its address is refused is the configuration's doing, not the receiver's.
  if (exchange === null) return refuse('egress_refused', result.kind === 'failed' ? result.message : '');
  publishing.subscribers.note(subscriber.subscription, result, message.wasTried);
  if (result.kind === 'taken') {
    const document = { documentId: message.id, documentNumber: id, state: 'delivered' };
    return { outcome: { kind: 'succeeded', effect: 'done', document }, exchange };
  }
  if (result.gone) return { outcome: rejected('gone', result.message), exchange };
  const outcome = { kind: 'retryable', effect: 'none', reason: 'erp_unavailable' } as const;
  return { outcome: { ...outcome, message: result.message }, exchange };
}

/** Checked again before each send: the configuration may have changed since the URL was given. */
async function send(
  { sender }: Pick<Publishing, 'sender'>,
  { subscription, secrets }: Subscriber,
  message: SignedMessage,
): Promise<Sent> {
  const { url } = subscription;
  const problem = urlProblem(url, sender.origins);
  if (problem !== null)
    return { result: { kind: 'failed', gone: false, message: problem }, status: null, exchange: null };
  const headers = await signNotice(secrets, message);
  const { status, exchange } = await sender.send({ url, headers, body: message.body });
  return { result: toResult(status, exchange), status, exchange };
}

function toResult(status: number | null, exchange: Exchange): SendResult {
  if (status !== null && status >= 200 && status < 300) return { kind: 'taken' };
  const message = status === null ? (exchange.failure ?? 'no answer') : `the receiver answered ${status}`;
  return { kind: 'failed', gone: status === 410, message };
}

/** The envelope of Standard Webhooks: type, timestamp, data. */
export function toBody({ event }: Pick<LeasedDelivery, 'event'>, notice: EventNotice): string {
  const { type, endedAt, of, operation, target } = notice;
  const { source, eventId, type: sourceType, entity, orderingKey } = event;
  const ended = { source, eventId, sourceType, entity, orderingKey, deliveryId: of, operation, target };
  const data = { ...ended, ...detailOf(notice, eventId) };
  return JSON.stringify({ type, timestamp: new Date(endedAt).toISOString(), data });
}

function detailOf({ type, status, document, problem }: EventNotice, eventId: string): object {
  switch (type) {
    case 'delivery.dead_lettered':
      return problem ?? { reason: '', code: '' };
    case 'delivery.resolved':
      return { as: status };
    case 'job.completed': {
      const ended =
        status === 'dead_lettered' ? 'failed' : status === 'succeeded' ? 'succeeded' : 'cancelled';
      const { reason = null, code = null } = problem ?? {};
      return { jobId: `job_${eventId}`, status: ended, document, reason, code };
    }
    default:
      return { document };
  }
}

/** What a test came to; null: it was not sent, for `message`. */
export type TestSend = {
  readonly status: number | null;
  readonly taken: boolean;
  readonly message: string | null;
};

/** Sends at once, to a disabled one too; counts neither as a failure nor as a success. */
export async function sendTest(
  deps: { readonly clock: Pick<Clock, 'now'>; readonly publishing: Publishing },
  asked: { readonly id: string; readonly messageId: string; readonly by: string },
): Promise<TestSend | 'absent' | 'unknown'> {
  const { publishing, clock } = deps;
  const subscriber = await publishing.subscribers.find(asked.id);
  if (subscriber === 'absent' || subscriber === 'unknown') return subscriber;
  const at = clock.now();
  const timestamp = new Date(at).toISOString();
  const data = { subscriptionId: asked.id, by: asked.by };
  const body = JSON.stringify({ type: 'subscription.test', timestamp, data });
  const { result, status } = await send(publishing, subscriber, { id: asked.messageId, body, at });
  return {
    status,
    taken: result.kind === 'taken',
    message: result.kind === 'failed' ? result.message : null,
  };
}
