// GET /admin/overview and GET /metrics: how the relay does, for a dashboard and for Prometheus, from the same counts.

import type { Hono } from 'hono';
import * as z from 'zod';
import type { Alert } from '../../core/alerts/alert.ts';
import { limits } from '../../core/limits.ts';
import type { Flow } from '../../core/overview.ts';
import type { TargetView } from '../../core/target-view.ts';
import type { Viewer } from '../access/redact.ts';
import { toMetrics } from '../metrics-text.ts';
import type { HttpEnv, HttpServices } from '../services.ts';
import { toIso } from '../to-wire.ts';
import { createOverviewCache, type Overview, readOverview } from './read-overview.ts';
import { validQuery } from './validate.ts';

export const overviewQuery = z.strictObject({
  windowMinutes: z
    .string()
    .regex(/^\d{1,4}$/, `must be a whole number from 1 to ${limits.maxOverviewMinutes}`)
    .transform(Number)
    .pipe(z.int().min(1).max(limits.maxOverviewMinutes))
    .default(limits.overviewMinutes),
});

const minuteMs = 60_000;

export function routeOverview(app: Hono<HttpEnv>, { clock }: Pick<HttpServices, 'clock'>): void {
  const kept = createOverviewCache(clock);

  app.get('/admin/overview', validQuery(overviewQuery), async (c) => {
    const { scopes, view } = c.get('caller');
    const windowMs = c.req.valid('query').windowMinutes * minuteMs;
    const asked = { windowMs, seesAlerts: scopes.has('alerts:read') };
    const overview = await kept(view, asked, () => readOverview(c.get('services'), asked));
    return c.json(toWireOverview(overview, c.get('caller')));
  });

  app.get('/metrics', async (c) => {
    const asked = { windowMs: limits.metricsMinutes * minuteMs, seesAlerts: true };
    const overview = await kept(c.get('caller').view, asked, () => readOverview(c.get('services'), asked));
    return c.body(toMetrics(overview), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  });
}

/** Of a target its circuit is shown to who may see targets, alerts to who may see alerts. */
function toWireOverview(overview: Overview, viewer: Viewer) {
  const seesTargets = viewer.scopes.has('targets:read');
  const seesAlerts = viewer.scopes.has('alerts:read');
  const { at, windowMs, countedFrom, isWhole, journal, all, series } = overview;
  const { oldestReadyAt, issues, alerts, missing } = overview;
  const countOf = (state: string) => issues.filter((issue) => issue.state === state).length;
  return {
    at: toIso(at),
    windowMinutes: windowMs / minuteMs,
    countedFrom: toIso(countedFrom),
    isWhole,
    journal,
    all: toWireFlow(all),
    bucketSeconds: series.lengthMs / 1_000,
    buckets: series.buckets.map(({ from, ...counts }) => ({
      from: toIso(from),
      received: counts.receivedCount,
      delivered: counts.deliveredCount,
      deadLettered: counts.deadCount,
    })),
    sources: [...overview.sources].map(([id, { openCount, ...flow }]) => ({
      id,
      ...toWireFlow(flow),
      openFailures: openCount,
    })),
    targets: [...overview.targets].map(([id, { view, openCount, oldestReadyAt: oldest, ...flow }]) => ({
      id,
      ...toWireFlow(flow),
      openFailures: openCount,
      oldestReadyAt: toIso(oldest),
      ...(seesTargets ? standingOf(view) : {}),
    })),
    oldestReadyAt: toIso(oldestReadyAt),
    backlogAgeMs: oldestReadyAt === null ? 0 : Math.max(0, at - oldestReadyAt),
    issues: {
      open: countOf('open'),
      acknowledged: countOf('acknowledged'),
      ignored: countOf('ignored'),
    },
    ...(seesAlerts ? { alerts: alerts === null ? null : alertCounts(alerts) } : {}),
    missing,
    redacted: [
      ...(seesAlerts ? [] : ['alerts']),
      ...(seesTargets ? [] : ['targets[].circuit', 'targets[].paused', 'targets[].unauthorized']),
    ],
  };
}

/** Null throughout: the target does not answer. */
function standingOf(view: TargetView | null) {
  if (view === null) return { circuit: null, paused: null, unauthorized: null };
  const { circuit, pause, unauthorized } = view;
  return { circuit: circuit.state, paused: pause !== null, unauthorized: unauthorized !== null };
}

function alertCounts(alerts: readonly Alert[]) {
  const countOf = (wanted: Alert['severity']) => alerts.filter(({ severity }) => severity === wanted).length;
  return { critical: countOf('critical'), warning: countOf('warning') };
}

function toWireFlow(flow: Flow) {
  return {
    received: flow.receivedCount,
    delivered: flow.deliveredCount,
    waiting: flow.waitingCount,
    held: flow.heldCount,
    deadLettered: flow.deadCount,
    closed: flow.closedCount,
    latencyMs: flow.latencyMs,
    lastReceivedAt: toIso(flow.lastReceivedAt),
  };
}
