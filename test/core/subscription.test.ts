// Subscriptions as rules: where one may go, whether it is active, and when failures end it.
import { describe, expect, it } from 'vitest';
import type { Credential } from '../../src/core/identity/credential.ts';
import { limits } from '../../src/core/limits.ts';
import { doneTypeOf } from '../../src/core/subscriptions/event-types.ts';
import {
  afterSend,
  type SendResult,
  type Subscription,
  stateOfSubscription,
  urlProblem,
} from '../../src/core/subscriptions/subscription.ts';
import { operations } from '../../src/operations/index.ts';
import { subscriptionConditions } from '../../src/pipeline/report-subscriptions.ts';
import { makeSubscription } from '../support/subscriptions.ts';

const start = 1_000_000_000_000;
const failed: SendResult = { kind: 'failed', gone: false, message: 'the receiver answered 503' };
const hourMs = 3_600_000;

function failFor(hours: number, stepHours = 1): Subscription {
  let subscription = makeSubscription();
  for (let hour = 0; hour <= hours; hour += stepHours)
    subscription = afterSend(subscription, failed, start + hour * hourMs);
  return subscription;
}

describe('the URL of a subscription', () => {
  it('is a public host by its name, over https', () => {
    expect(urlProblem('https://hooks.example.com/events?of=1', [])).toBeNull();
    for (const wrong of [
      'http://hooks.example.com/',
      'https://127.0.0.1/',
      'https://2130706433/',
      'https://0x7f.1/',
      'https://[::1]/',
      'https://localhost./',
      'https://metadata.internal/',
      'https://user:password@hooks.example.com/',
      'ftp://hooks.example.com/',
      'not a url',
    ])
      expect(urlProblem(wrong, []), wrong).not.toBeNull();
  });

  it('may be elsewhere only at exactly a configured origin', () => {
    const origins = ['http://127.0.0.1:9000'];
    expect(urlProblem('http://127.0.0.1:9000/events', origins)).toBeNull();
    expect(urlProblem('http://127.0.0.1:9001/events', origins)).not.toBeNull();
  });
});

describe('a receiver that fails', () => {
  it('is disabled after three days of it, and not before', () => {
    expect(limits.subscriptionFailingMs).toBe(72 * hourMs);
    expect(failFor(71).disabled).toBeNull();
    expect(failFor(72).disabled).toMatchObject({
      by: 'relay',
      reason: expect.stringContaining('three days'),
    });
  });

  it('begins again once it took something', () => {
    const mended = afterSend(failFor(71), { kind: 'taken' }, start + 71.5 * hourMs);
    expect(mended.failing).toBeNull();
    expect(afterSend(mended, failed, start + 72 * hourMs).disabled).toBeNull();
  });

  it('is not disabled by two failures with nothing to send between them', () => {
    expect(failFor(240, 25).disabled).toBeNull();
  });

  it('is disabled at once where it says that it is gone', () => {
    const gone: SendResult = { kind: 'failed', gone: true, message: 'the receiver answered 410' };
    expect(afterSend(makeSubscription(), gone, start).disabled?.reason).toContain('410');
  });

  it('is an alert after an hour, and another once it is disabled', () => {
    const rulesOf = (subscription: Subscription, hours: number) =>
      subscriptionConditions([subscription], [], start + hours * hourMs).map(({ rule }) => rule);
    expect(rulesOf(failFor(0), 0.5)).toEqual([]);
    expect(rulesOf(failFor(1), 1)).toEqual(['subscription_failing']);
    expect(rulesOf(failFor(72), 72)).toEqual(['subscription_disabled']);
    const byPerson = { ...makeSubscription(), disabled: { at: start, by: 'crd_1', reason: 'a test' } };
    expect(rulesOf(byPerson, 1)).toEqual([]);
  });
});

describe('a subscription', () => {
  it('ends with the credential it belongs to, and says so', () => {
    const owned = makeSubscription({ owner: 'crd_1' });
    const owner = { id: 'crd_1', revoked: null, expiresAt: start + 1_000 } as Credential;
    expect(stateOfSubscription(owned, [owner], start)).toBe('active');
    expect(stateOfSubscription(owned, [owner], start + 1_000)).toBe('owner_ended');
    expect(stateOfSubscription(owned, [], start)).toBe('owner_ended');
    expect(subscriptionConditions([owned], [], start)).toMatchObject([{ rule: 'subscription_disabled' }]);
  });
});

describe('the list of event types', () => {
  it('has one for every operation but the smoke test', () => {
    const without = Object.keys(operations).filter((name) => doneTypeOf(name) === null);
    expect(without).toEqual(['relay.smoke']);
  });
});
