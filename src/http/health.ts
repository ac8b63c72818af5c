// GET /healthz and /readyz. Healthy: the process answers. Ready: what an event needs is there; the journal only degrades,
// for neither ingest nor delivery waits for it. Public, so it names what is missing and never what it holds.

import type { Hono } from 'hono';
import { limits } from '../core/limits.ts';
import { within } from '../pipeline/within.ts';
import type { HttpEnv, HttpServices } from './services.ts';

export type Check = {
  readonly name: 'configuration' | 'secrets' | 'sequencer' | 'journal';
  readonly ok: boolean;
  /** False: the relay does its work without it. */
  readonly required: boolean;
  readonly detail: string;
};

type Readiness = { readonly status: 'ready' | 'degraded' | 'not_ready'; readonly checks: readonly Check[] };

export type HealthServices = Pick<HttpServices, 'clock' | 'config' | 'journal' | 'sequencers' | 'telemetry'>;

export function routeHealth(app: Hono<HttpEnv>, services: HealthServices): void {
  // Kept when it is done, never as a promise: one request may not wait for what another one started.
  let last: { readonly at: number; readonly readiness: Readiness } | null = null;
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.get('/readyz', async (c) => {
    const now = services.clock.now();
    const isFresh = last !== null && now - last.at < limits.readinessMs;
    const readiness = last !== null && isFresh ? last.readiness : await look(services);
    if (!isFresh) last = { at: now, readiness };
    return c.json(readiness, readiness.status === 'not_ready' ? 503 : 200);
  });
}

async function look(services: HealthServices): Promise<Readiness> {
  const { config, sequencers, journal } = services;
  const checks: readonly Check[] = [
    { name: 'configuration', ok: true, required: true, detail: 'valid' },
    {
      name: 'secrets',
      ok: true,
      required: true,
      detail: `present for ${config.sourceSecrets.size} sources and ${config.targetSettings.size} targets; admin key ${config.adminKey === null ? 'missing' : 'present'}`,
    },
    await ask(services, { name: 'sequencer', required: true }, async () => {
      await sequencers.of(0).stats();
      return `partition 0 of ${sequencers.partitions} answers`;
    }),
    await ask(services, { name: 'journal', required: false }, async () => {
      // A key nothing has: one look into an index.
      await journal.list({ filter: { orderingKey: '' }, cursor: null, limit: 1 });
      return 'answers';
    }),
  ];
  return { status: statusOf(checks), checks };
}

export function statusOf(checks: readonly Check[]): Readiness['status'] {
  const failed = checks.filter((check) => !check.ok);
  if (failed.some((check) => check.required)) return 'not_ready';
  return failed.length > 0 ? 'degraded' : 'ready';
}

async function ask(
  services: HealthServices,
  check: Pick<Check, 'name' | 'required'>,
  look: () => Promise<string>,
): Promise<Check> {
  try {
    return { ...check, ok: true, detail: await within(services.clock, limits.operatorWaitMs, look()) };
  } catch (error) {
    services.telemetry.log('error', 'check.failed', { check: check.name, error: String(error) });
    return { ...check, ok: false, detail: 'does not answer' };
  }
}
