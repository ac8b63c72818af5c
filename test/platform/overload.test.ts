// A sequencer that is overloaded, on the real runtime and through the whole Worker: its sender is told to come again, nothing of
// the event is kept, and the object is not asked again at once. Then it is well, and the event is new.
import { SELF } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it, vi } from 'vitest';
import { signedRequest } from '../../scripts/lib/senders.ts';
import { orderingKeyOf } from '../../src/core/keys.ts';
import { limits } from '../../src/core/limits.ts';
import { partitionOf } from '../../src/core/partition.ts';
import type { ListRequest } from '../../src/core/sequencer/messages.ts';
import type { Sequencer } from '../../src/pipeline/ports.ts';
import { sequencerName } from '../../src/platform/doorbell.ts';
import { SequencerObject } from '../../src/platform/durable-objects/sequencer-object.ts';
import { testSecrets } from '../support/test-bindings.ts';

const everything: ListRequest = { filter: {}, cursor: null, limit: 50 };

function post(id: string) {
  const payload = { type: 'smoke.sent', timestamp: '2026-03-01T12:00:00Z', data: { id } };
  const secret = testSecrets.SMOKE_WEBHOOK_SECRET;
  const signed = signedRequest('standard-webhooks', {
    ...{ topic: 'smoke.sent', id, payload, now: Date.now(), secret },
  });
  return SELF.fetch('https://relay.test/hooks/smoke', {
    ...{ method: 'POST', headers: signed.headers, body: signed.body },
  });
}

/** The object the event belongs to. */
function objectOf(eventId: string) {
  const orderingKey = orderingKeyOf({ source: 'smoke', eventId, entity: null });
  const name = sequencerName(Number(env.GENERATION), partitionOf(orderingKey, Number(env.PARTITIONS)));
  return env.SEQUENCER.get(env.SEQUENCER.idFromName(name));
}

/** Every call of a claim fails as the platform lets it fail: with its marks on the error. */
function claimsFail(message: string, marks: { readonly retryable: true; readonly overloaded?: true }) {
  return vi
    .spyOn(SequencerObject.prototype, 'claim')
    .mockImplementation(() => Promise.reject(Object.assign(new Error(message), marks)));
}

it('an overloaded sequencer is a 503 with Retry-After, and nothing was claimed', async () => {
  const message = 'Durable Object is overloaded. Too many requests queued.';
  const claim = claimsFail(message, { retryable: true, overloaded: true });
  const refused = await post('busy-1');
  await refused.text();
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe(String(limits.retryAfterSeconds));
  expect(claim).toHaveBeenCalledTimes(1);
  const sequencer = objectOf('busy-1') as unknown as Sequencer;
  expect(await sequencer.listOpen(everything)).toEqual([]);

  claim.mockRestore();
  const taken = await post('busy-1');
  expect(taken.status).toBe(202);
  expect(await taken.json()).toMatchObject({ events: [{ status: 'accepted' }] });
});

it('one that is only reset is asked again at once, a bounded number of times', async () => {
  const claim = claimsFail('Durable Object reset because its code was updated.', { retryable: true });
  const refused = await post('reset-1');
  await refused.text();
  expect(refused.status).toBe(503);
  expect(claim).toHaveBeenCalledTimes(limits.maxObjectCallTries);
  claim.mockRestore();
});
