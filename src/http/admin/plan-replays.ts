// POST /admin/replays/plan: what a bulk job of the same filter would take. Changes nothing; what is counted now may have changed
// when the job comes, and the job says again what it took.

import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { limits } from '../../core/limits.ts';
import type { PlanReplaysAnswer, ReplayGroup } from '../../core/sequencer/bulk-replay-messages.ts';
import { sequencersFor } from '../../pipeline/step-bulk-job.ts';
import { within } from '../../pipeline/within.ts';
import { problem } from '../problem.ts';
import type { HttpEnv } from '../services.ts';
import { toIso, toWireDelivery } from '../to-wire.ts';
import { bulkActField, bulkFilter, checkFilterStatus, toBulkFilter } from './bulk-filter.ts';
import { lackedScope } from './bulk-scope.ts';
import { validBody } from './validate.ts';

export const planBody = z.strictObject({ filter: bulkFilter, act: bulkActField }).check(checkFilterStatus);

export function routePlanReplays(app: Hono<HttpEnv>): void {
  app.post('/admin/replays/plan', validBody(planBody), async (c) => {
    const { sequencers, clock } = c.get('services');
    const { act, filter: shown } = c.req.valid('json');
    const lacking = await lackedScope(c, act);
    if (lacking !== null) return lacking;
    const filter = await toBulkFilter(c.get('services'), { act, filter: shown });
    if (filter === null) return problem(c, 'not_found', { detail: 'There is no such issue.' });
    const request = { filter, sample: limits.maxPlanSample };
    const asked = sequencersFor({ sequencers }, filter).map((sequencer) => sequencer.planReplays(request));
    const plans = await within(clock, limits.operatorWaitMs, Promise.all(asked));
    return c.json(toWirePlan(c, plans));
  });
}

function toWirePlan(c: Context<HttpEnv>, plans: readonly PlanReplaysAnswer[]) {
  const count = plans.reduce((sum, plan) => sum + plan.count, 0);
  const oldest = plans
    .flatMap((plan) => plan.oldest)
    .sort((a, b) => a.event.receivedAt - b.event.receivedAt)
    .slice(0, limits.maxPlanSample);
  const groups = mergeGroups(plans.flatMap((plan) => plan.groups));
  return {
    count,
    /** Jobs that take them all. */
    callCount: Math.ceil(count / limits.maxBulkDeliveries),
    oldestReceivedAt: toIso(oldest[0]?.event.receivedAt ?? null),
    groups: groups.slice(0, limits.maxPlanGroups),
    otherGroupCount: Math.max(0, groups.length - limits.maxPlanGroups),
    sample: oldest.map((view) => toWireDelivery(view, c.get('caller'))),
  };
}

/** The largest first. */
function mergeGroups(groups: readonly ReplayGroup[]): readonly ReplayGroup[] {
  const merged = new Map<string, ReplayGroup>();
  for (const { count, ...of } of groups) {
    const name = JSON.stringify(of);
    merged.set(name, { ...of, count: (merged.get(name)?.count ?? 0) + count });
  }
  return [...merged.values()].sort((a, b) => b.count - a.count);
}
