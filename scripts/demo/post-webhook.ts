// Posts one webhook, or one forged request, shows it as a line and records what came of it.
// Signs with the current secret unless it is given a signed request.

import type { createRelayClient, Posted } from '../lib/relay-client.ts';
import type { SignedRequest } from '../lib/senders.ts';
import { DemoError } from './connect.ts';
import type { RunRecord } from './run-record.ts';
import type { RunStep } from './run-step.ts';
import type { Webhook } from './webhooks.ts';

export type PostOptions = {
  /** What is special about it. */
  readonly note?: string;
  /** Epoch ms of sending; default now. */
  readonly now?: number;
  /** Signed otherwise than with the current secret. */
  readonly signed?: SignedRequest;
};

export type Forged = {
  readonly webhook: Webhook;
  readonly signed: SignedRequest;
  /** What is wrong with it. */
  readonly note: string;
};

export type PosterParts = {
  readonly client: ReturnType<typeof createRelayClient>;
  readonly record: RunRecord;
  readonly step: RunStep;
};

export type Poster = {
  /** The same webhook again is shown and recorded as a repeat. */
  post(webhook: Webhook, options?: PostOptions): Promise<void>;
  /** Posts what must be refused. */
  postForged(forged: Forged): Promise<void>;
};

export function createPoster({ client, record, step }: PosterParts): Poster {
  return {
    post: async (webhook, { note, now = Date.now(), signed } = {}) => {
      const { source, topic, about } = webhook;
      const isRepeat = record.posts.some((other) => other.webhook === webhook);
      const wanted = isRepeat ? 'duplicate' : 'accepted';
      const detail = [about, isRepeat ? 'again' : null, note].filter(Boolean).join(', ');
      const request = signed ?? client.sign(source, { ...signingOf(webhook), now });
      const send = () => client.post(source, request);
      const posted = await step({ who: source, what: topic, detail }, send, (answer) => {
        const { status, event } = readPosted(answer);
        return { answer: `${status} ${event}`, isGood: status === 202 && event === wanted };
      });
      const { status, event, eventId } = readPosted(posted);
      if (status === 401 && record.posts.length === 0) throw new DemoError(otherSecrets(source));
      if (eventId !== null) record.eventIds.add(eventId);
      record.posts.push({ webhook, isRepeat, status, event });
    },
    postForged: async ({ webhook, signed, note }) => {
      const { source, topic } = webhook;
      const send = () => client.post(source, signed);
      const { status } = await step({ who: source, what: topic, detail: note }, send, (answer) => ({
        answer: answer.status === 202 ? '202 accepted' : `${answer.status} refused`,
        isGood: answer.status === 401,
      }));
      record.forged.push({ webhook, note, status });
    },
  };
}

export function signingOf({ topic, id, payload, occurredAt }: Webhook) {
  return { topic, id, payload, ...(occurredAt === undefined ? {} : { occurredAt }) };
}

type Read = { readonly status: number; readonly event: string; readonly eventId: string | null };

function readPosted({ status, body }: Posted): Read {
  const { events = [] } = (typeof body === 'object' && body !== null ? body : {}) as {
    events?: readonly { readonly id: string; readonly status: string }[];
  };
  const [event] = events;
  return { status, event: event?.status ?? 'refused', eventId: event?.id ?? null };
}

function otherSecrets(source: string): string {
  return (
    `The relay refuses a ${source} webhook signed with the secret of the secrets file: it was started with others. ` +
    'Give --secrets, or --own for a relay of its own.'
  );
}
