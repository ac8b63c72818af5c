// Direct requests in the sequencer object on the real runtime: recorded once, and claimed by the alarm where nobody did.
import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { type DirectRequest, toDirectClaim } from '../../src/core/direct-request.ts';
import { limits } from '../../src/core/limits.ts';
import { partitionOf } from '../../src/core/partition.ts';
import { relaySmoke } from '../../src/operations/index.ts';
import type { Sequencer } from '../../src/pipeline/ports.ts';
import { sequencerName } from '../../src/platform/doorbell.ts';

const partitions = Number(env.PARTITIONS);

function stubOf(partition: number): DurableObjectStub & Sequencer {
  const name = sequencerName(Number(env.GENERATION), partition);
  return env.SEQUENCER.get(env.SEQUENCER.idFromName(name)) as never;
}

function requestOf(hash: string): DirectRequest {
  const now = Date.now();
  // Without a network: what is claimed is delivered.
  const asked = {
    hash,
    source: 'operations',
    operation: relaySmoke,
    target: 'loopback',
    input: { note: hash },
  };
  const claim = toDirectClaim({ ...asked, batch: undefined, callbackUrl: undefined, requestId: 'r', now });
  const told = { hash, inputHash: 'h', operation: 'relay.smoke', target: 'loopback' };
  return { ...told, createdAt: now, claim, deliveryId: null };
}

describe('a direct request in its sequencer', () => {
  it('is recorded once, also over an eviction', async () => {
    const keeper = stubOf(0);
    expect(await keeper.recordRequest(requestOf('a'.repeat(32)))).toEqual({ kind: 'recorded' });
    await evictDurableObject(keeper);
    expect(await stubOf(0).recordRequest(requestOf('a'.repeat(32)))).toMatchObject({ kind: 'known' });
  });

  it('whose caller went away is claimed by the alarm, once, and its claim dropped', async () => {
    const keeper = stubOf(1);
    const request = requestOf('b'.repeat(32));
    await keeper.recordRequest(request);
    await evictDurableObject(keeper);
    const now = Date.now() + limits.directClaimMs + 1;
    vi.spyOn(Date, 'now').mockReturnValue(now);
    await runDurableObjectAlarm(stubOf(1));
    vi.restoreAllMocks();
    const claimed = await stubOf(1).findRequest(request.hash);
    expect(claimed).toMatchObject({ claim: null, deliveryId: expect.stringMatching(/^dlv_/) });
    const holder = stubOf(partitionOf(`event/operations/${request.hash}`, partitions));
    expect(await holder.find(claimed?.deliveryId ?? '')).toMatchObject({
      delivery: { operation: 'relay.smoke' },
      event: { source: 'operations', eventId: request.hash },
    });
  });

  it('is acknowledged once: what comes later changes nothing', async () => {
    const keeper = stubOf(2);
    const request = requestOf('c'.repeat(32));
    await keeper.recordRequest(request);
    await keeper.acknowledgeRequest(request.hash, 'dlv_2_1');
    await keeper.acknowledgeRequest(request.hash, 'dlv_2_9');
    expect(await keeper.findRequest(request.hash)).toMatchObject({ claim: null, deliveryId: 'dlv_2_1' });
    expect(await keeper.findRequest('d'.repeat(32))).toBeNull();
  });
});
