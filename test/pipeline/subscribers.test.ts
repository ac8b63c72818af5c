// An event on its way to a subscriber: signed with each secret that is good, with a payload of its type's schema, sent where it may
// go, and what came of it told to the registry. Over the real registry in memory.
import { describe, expect, it } from 'vitest';
import type { EventNotice } from '../../src/core/delivery.ts';
import { wholeView } from '../../src/core/identity/access-view.ts';
import type { LeasedDelivery } from '../../src/core/sequencer/messages.ts';
import { secretBytes } from '../../src/core/signature/secret-bytes.ts';
import { eventTypes, payloadOf } from '../../src/core/subscriptions/event-types.ts';
import { performPublish, toBody } from '../../src/pipeline/perform-publish.ts';
import { secretOfSubscription } from '../../src/pipeline/registry-subscriptions.ts';
import { createSubscribers } from '../../src/pipeline/subscribers.ts';
import { createMemoryReceiver, type ReceivedNotice } from '../support/memory-receiver.ts';
import { createMemoryRegistry } from '../support/memory-registry.ts';
import { makeDelivery, makeEvent, makePayload, testTime } from '../support/records.ts';

const secrets = [
  'whsec_Zmlyc3Qtc2VjcmV0LW9mLXN1Yi0wMTIzNDU2Nzg5MDE=',
  'whsec_c2Vjb25kLXNlY3JldC1vZi1zdWItMDEyMzQ1Njc4OTA=',
] as const;

const notice = (changes: Partial<EventNotice> = {}): EventNotice => ({
  ...{ subscription: 'set in each test', type: 'sale.confirmed', of: 'dlv_0_1', endedAt: testTime },
  ...{ status: 'succeeded', operation: 'sale.confirm', target: 'erp', problem: null },
  document: { documentId: '42', documentNumber: 'SO42', state: 'confirmed' },
  ...changes,
});

function leasedWith(publish: EventNotice, attemptCount = 0): LeasedDelivery {
  return {
    delivery: makeDelivery({ target: `subscriptions/${publish.subscription}`, publish, attemptCount }),
    ...{ eventRecordId: 'evt_0_1', event: makeEvent({}), payload: makePayload('{}'), epoch: 7 },
    ...{ ledger: null, successorWaits: false },
  };
}

async function start(url = 'https://hooks.example.com/events') {
  let now = testTime;
  const log: string[] = [];
  const telemetry = { log: (_level: string, event: string) => void log.push(event) };
  const {
    registry,
    newCopy,
    settled: _,
    ...memory
  } = createMemoryRegistry({
    ...{ now: () => now, adminKey: null, telemetry },
  });
  const made = await registry.createSubscription({
    ...{ url, description: '', owner: null, createdBy: 'a test', view: wholeView },
    ...{ types: ['sale.confirmed'], targets: null, entities: null },
  });
  if (made === null) throw new Error('not made');
  const put = (secret: string, overlapMs: number) =>
    registry.putSecret({
      ...{ name: secretOfSubscription(made.id), values: { secret }, overlapMs, actor: 'a test' },
    });
  await put(secrets[0], 0);
  const received: ReceivedNotice[] = [];
  const answer: { status: number | null } = { status: 204 };
  const pending: Promise<unknown>[] = [];
  const clock = { now: () => now, wait: async () => {} };
  const publishing = () => ({
    subscribers: createSubscribers({
      ...{ copy: newCopy(), registry, clock, telemetry },
      background: (work) => void pending.push(work),
    }),
    sender: createMemoryReceiver(received, () => answer.status),
  });
  const perform = async (changes: Partial<EventNotice> = {}, attemptCount = 0) => {
    const publish = notice({ subscription: made.id, ...changes });
    const deps = { clock, publishing: publishing() };
    const settlement = await performPublish(deps, leasedWith(publish, attemptCount), publish);
    await Promise.all(pending.splice(0));
    return settlement;
  };
  const current = async () => (await registry.listSubscriptions()).find(({ id }) => id === made.id);
  const advance = (ms: number) => {
    now += ms;
  };
  return { id: made.id, registry, memory, put, received, answer, perform, current, advance, publishing, log };
}

async function isSignedBy(secret: string, sent: ReceivedNotice): Promise<boolean> {
  const key = secretBytes(secret, 'whsec_base64');
  if (key === null) throw new Error('no secret');
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await crypto.subtle.importKey('raw', key.bytes, hmac, false, ['verify']);
  const content = `${sent.headers['webhook-id']}.${sent.headers['webhook-timestamp']}.${sent.body}`;
  const bytes = new TextEncoder().encode(content);
  const given = (sent.headers['webhook-signature'] ?? '').split(' ').map((part) => part.replace('v1,', ''));
  const checks = given.map((text) =>
    crypto.subtle.verify(
      'HMAC',
      imported,
      Uint8Array.from(atob(text), (c) => c.charCodeAt(0)),
      bytes,
    ),
  );
  return (await Promise.all(checks)).includes(true);
}

const outcomeOf = ({ result }: Awaited<ReturnType<typeof performPublish>>) =>
  result.kind === 'outcome' ? result.outcome : result.kind;

describe('an event to a subscriber', () => {
  it('holds what the schema of its type says, and nothing else', () => {
    for (const type of eventTypes.filter((each) => each !== 'subscription.test')) {
      const dead = type === 'delivery.dead_lettered';
      const status = dead ? 'dead_lettered' : type === 'delivery.resolved' ? 'resolved' : 'succeeded';
      const problem = dead ? { reason: 'rejected', code: 'period_closed' } : null;
      const body = JSON.parse(toBody({ event: makeEvent({}) }, notice({ type, status, problem })));
      expect(Object.keys(body)).toEqual(['type', 'timestamp', 'data']);
      expect(payloadOf(type).safeParse(body.data).error, type).toBeUndefined();
    }
  });

  it('is signed with the secret, during a rotation with both, and after it with the new one alone', async () => {
    const relay = await start();
    expect(outcomeOf(await relay.perform())).toMatchObject({ kind: 'succeeded' });
    await relay.put(secrets[1], 60_000);
    await relay.perform();
    relay.advance(60_000);
    await relay.perform();
    const signed = await Promise.all(
      relay.received.map((sent) => Promise.all(secrets.map((secret) => isSignedBy(secret, sent)))),
    );
    expect(signed).toEqual([
      [true, false],
      [true, true],
      [false, true],
    ]);
  });

  it('is tried again where it is not taken, and the registry knows since when, until it is', async () => {
    const relay = await start();
    relay.answer.status = 503;
    expect(outcomeOf(await relay.perform())).toMatchObject({ kind: 'retryable', effect: 'none' });
    expect((await relay.current())?.failing).toMatchObject({ since: testTime });
    relay.answer.status = 200;
    relay.advance(60_000);
    await relay.perform({}, 1);
    expect((await relay.current())?.failing).toBeNull();
  });

  it('ends the subscription where the receiver is gone, and what still waits becomes dead letters', async () => {
    const relay = await start();
    relay.answer.status = 410;
    expect(outcomeOf(await relay.perform())).toMatchObject({ kind: 'rejected', code: 'gone' });
    expect((await relay.current())?.disabled).toMatchObject({ by: 'relay' });
    expect(relay.log).toContain('subscription.disabled');
    expect(outcomeOf(await relay.perform())).toMatchObject({
      kind: 'rejected',
      code: 'subscription_disabled',
    });
    expect(relay.received).toHaveLength(1);
    expect((await relay.publishing().subscribers.active())?.active).toEqual([]);
    await relay.registry.setSubscriptionState(relay.id, null);
    relay.answer.status = 204;
    expect(outcomeOf(await relay.perform())).toMatchObject({ kind: 'succeeded' });
  });

  it('is not sent where its subscription was removed, its owner ended or its address is private', async () => {
    const relay = await start();
    await relay.registry.removeSubscription(relay.id);
    expect(outcomeOf(await relay.perform())).toMatchObject({ code: 'subscription_removed' });
    const inside = await start('https://127.0.0.1/');
    expect(outcomeOf(await inside.perform())).toMatchObject({ code: 'egress_refused' });
    expect([...relay.received, ...inside.received]).toEqual([]);
    expect((await inside.current())?.failing).toBeNull();
  });

  it('is judged by no old copy: what was made or ended a while ago counts in an isolate that was quiet', async () => {
    const relay = await start();
    const { subscribers } = relay.publishing();
    expect((await subscribers.active())?.active).toHaveLength(1);
    await relay.registry.setSubscriptionState(relay.id, { by: 'crd_1', reason: 'a test' });
    relay.advance(3_600_000);
    expect((await subscribers.active())?.active).toEqual([]);
    await relay.registry.setSubscriptionState(relay.id, null);
    relay.advance(3_600_000);
    expect(await subscribers.find(relay.id)).toMatchObject({ state: 'active', secrets: [secrets[0]] });
  });

  it('waits without costing an attempt while the registry is away', async () => {
    const relay = await start();
    relay.memory.down.value = true;
    expect(outcomeOf(await relay.perform())).toBe('returned');
    relay.memory.down.value = false;
    expect(outcomeOf(await relay.perform())).toMatchObject({ kind: 'succeeded' });
  });
});
