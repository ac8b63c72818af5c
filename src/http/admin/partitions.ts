// GET /admin/partitions: what each sequencer has to do and how far its journal is. One that does not answer is named, and
// the others still show.

import type { Hono } from 'hono';
import { limits } from '../../core/limits.ts';
import type { PartitionStats } from '../../core/sequencer/messages.ts';
import type { Sequencer } from '../../pipeline/ports.ts';
import type { HttpEnv, HttpServices } from '../services.ts';
import { toIso } from '../to-wire.ts';
import { within } from '../within.ts';

type PartitionServices = Pick<HttpServices, 'clock' | 'sequencers' | 'telemetry'>;

export function routePartitions(app: Hono<HttpEnv>, services: PartitionServices): void {
  const { sequencers } = services;
  app.get('/admin/partitions', async (c) => {
    const partitions = await Promise.all(
      sequencers.all().map((each, index) => statsOf(services, each, index)),
    );
    return c.json({ generation: sequencers.generation, partitions });
  });
}

/** `index`: its place among all sequencers, where it does not say itself which it is. */
async function statsOf({ clock, telemetry }: PartitionServices, sequencer: Sequencer, index: number) {
  try {
    return toWireStats(await within(clock, limits.operatorWaitMs, sequencer.stats()));
  } catch (error) {
    telemetry.log('error', 'sequencer.unavailable', { index, error: String(error) });
    return { index, status: 'unavailable' };
  }
}

function toWireStats(stats: PartitionStats) {
  const { oldestReadyAt, ...counts } = stats;
  return { status: 'ok', ...counts, oldestReadyAt: toIso(oldestReadyAt) };
}
