// GET /admin/partitions: what each sequencer has to do and how far its journal is. One that does not answer is named, and
// the others still show.

import type { Hono } from 'hono';
import { limits } from '../../core/limits.ts';
import type { PartitionStats } from '../../core/sequencer/messages.ts';
import { within } from '../../pipeline/within.ts';
import type { HttpEnv, HttpServices } from '../services.ts';
import { toIso } from '../to-wire.ts';

type PartitionServices = Pick<HttpServices, 'clock' | 'sequencers' | 'telemetry'>;

export function routePartitions(app: Hono<HttpEnv>): void {
  app.get('/admin/partitions', async (c) => {
    const services = c.get('services');
    const { sequencers } = services;
    const partitions = await Promise.all(sequencers.places().map((place) => statsOf(services, place)));
    return c.json({ generation: sequencers.generation, partitions });
  });
}

type Place = { readonly generation: number; readonly partition: number };

async function statsOf({ clock, sequencers, telemetry }: PartitionServices, place: Place) {
  try {
    const stats = sequencers.forBell(place)?.stats();
    if (stats === undefined) return { ...place, status: 'unavailable' };
    return toWireStats(await within(clock, limits.operatorWaitMs, stats));
  } catch (error) {
    telemetry.log('error', 'sequencer.unavailable', { ...place, error: String(error) });
    return { ...place, status: 'unavailable' };
  }
}

function toWireStats(stats: PartitionStats) {
  const { oldestReadyAt, ...counts } = stats;
  return { status: 'ok', ...counts, oldestReadyAt: toIso(oldestReadyAt) };
}
