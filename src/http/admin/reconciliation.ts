// GET /admin/sources/:id/reconciliation: how a source stands against what its sender lists. POST /admin/sources/:id/reconcile:
// compares a range by hand; a dry run brings nothing in. A long range answers with the cursor it goes on from.

import type { Hono } from 'hono';
import * as z from 'zod';
import { limits } from '../../core/limits.ts';
import { noCounts } from '../../core/reconcile.ts';
import { reconcilePage } from '../../pipeline/reconcile.ts';
import {
  type ReconcileRun,
  type ReconcileStanding,
  toReconcilable,
  withPage,
} from '../../pipeline/reconcile-sources.ts';
import { problem } from '../problem.ts';
import type { HttpEnv, HttpServices } from '../services.ts';
import { toIso } from '../to-wire.ts';
import { recordAct } from './audit.ts';
import { noteField } from './resolutions.ts';
import { validBody } from './validate.ts';

const instant = z.iso
  .datetime({ offset: true, error: 'must be an ISO 8601 time with its zone, such as 2026-11-24T00:00:00Z' })
  .transform((text) => Date.parse(text));

export const reconcileBody = z
  .strictObject({
    from: instant,
    to: instant.optional(),
    cursor: z.string().min(1).max(limits.maxFilterCharacters).optional(),
    dryRun: z.boolean().default(false),
    reason: noteField.max(limits.maxNoteCharacters),
  })
  .refine(({ from, to }) => to === undefined || from < to, { path: ['to'], error: 'must be after from' });

export function routeReconciliation(app: Hono<HttpEnv>): void {
  app.get('/admin/sources/:id/reconciliation', async (c) => {
    const { definition, reconciliation } = c.get('services');
    const source = definition.sources.get(c.req.param('id'));
    if (source?.reconcile === undefined) return problem(c, 'not_found', { detail: noListing });
    const standing = await reconciliation.standings.read(source.id);
    return c.json({ source: source.id, everyMs: source.reconcile.everyMs, ...toWireStanding(standing) });
  });

  app.post('/admin/sources/:id/reconcile', validBody(reconcileBody), async (c) => {
    const { from, to, cursor, dryRun, reason } = c.req.valid('json');
    const services = c.get('services');
    const { actor } = c.get('caller');
    const { definition, reconciliation } = services;
    const now = services.clock.now();
    const source = definition.sources.get(c.req.param('id'));
    const of =
      source === undefined ? null : toReconcilable(reconciliation.apis, source, now + limits.reconcileStepMs);
    if (of === null) return problem(c, 'not_found', { detail: noListing });
    const range = { from, to: to ?? now, cursor: cursor ?? null };
    const run = await reconcileRange(services, of, { range, dryRun });
    if ('reason' in run) return problem(c, 'sender_unavailable', { detail: `${run.reason}: ${run.message}` });
    const fields = { requestId: c.get('requestId'), actor, source: of.source.id, dryRun };
    services.telemetry.log('info', 'source.reconciled', {
      ...fields,
      from: run.from,
      to: run.to,
      ...run.counts,
    });
    if (!dryRun) {
      await recordAct(services, {
        ...{ actor, action: 'reconciled', deliveryId: null, orderingKey: null, target: null },
        before: `${of.source.id} ${toIso(run.from)} to ${toIso(run.to)}`,
        after: `${run.counts.missingCount} of ${run.counts.listedCount} events brought in`,
        reason,
      });
    }
    return c.json({ source: of.source.id, dryRun, ...toWireRun(run), cursor: run.cursor });
  });
}

const noListing = 'There is no such source, or it names no list of its sender (docs/reconciliation.md).';

async function reconcileRange(
  services: HttpServices,
  of: Parameters<typeof reconcilePage>[1],
  {
    range,
    dryRun,
  }: { readonly range: Pick<ReconcileRun, 'from' | 'to' | 'cursor'>; readonly dryRun: boolean },
) {
  let run: ReconcileRun = { ...range, startedAt: services.clock.now(), counts: noCounts, missing: [] };
  for (let page = 0; page < limits.reconcilePagesPerRequest; page += 1) {
    const reconciled = await reconcilePage(services, of, { ...run, dryRun });
    if (!reconciled.ok) return reconciled.error;
    run = withPage(run, reconciled.value);
    if (run.cursor === null) break;
  }
  return run;
}

function toWireRun({ from, to, startedAt, counts, missing }: ReconcileRun) {
  return { from: toIso(from), to: toIso(to), startedAt: toIso(startedAt), ...counts, missing };
}

function toWireStanding(standing: ReconcileStanding | null) {
  if (standing === null)
    return {
      comparedThrough: null,
      checkedAt: null,
      underWay: null,
      last: null,
      subscriptions: null,
      failure: null,
    };
  const { throughAt, checkedAt, underWay, last, lost, failure } = standing;
  return {
    comparedThrough: toIso(throughAt),
    checkedAt: toIso(checkedAt),
    underWay: underWay === null ? null : toWireRun(underWay),
    last: last === null ? null : toWireRun(last),
    /** Null: the sender does not tell. */
    subscriptions: lost === null ? null : { lost },
    failure:
      failure === null
        ? null
        : { at: toIso(failure.at), since: toIso(failure.since), message: failure.message },
  };
}
