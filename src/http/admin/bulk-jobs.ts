// POST and GET /admin/replays, …/:id and …/:id/cancel: an act on all that matches, as a job. It is started, shown and cancelled here; what
// it does is decided behind it, at each step, by the credential that started it.

import type { Context, Hono } from 'hono';
import * as z from 'zod';
import type { BulkJob } from '../../core/bulk/bulk-job.ts';
import { seesBulkJob } from '../../core/bulk/bulk-view.ts';
import { limits } from '../../core/limits.ts';
import { within } from '../../pipeline/within.ts';
import { readPrefer } from '../prefer.ts';
import { problem } from '../problem.ts';
import type { HttpEnv, HttpServices } from '../services.ts';
import { bulkJobPath, toWireBulkJob } from '../to-wire-bulk-job.ts';
import { bulkActField, bulkFilter, checkFilterStatus, toBulkFilter, toShownFilter } from './bulk-filter.ts';
import { lackedScope } from './bulk-scope.ts';
import { cursorField, formatCursor } from './cursor.ts';
import { pageLimit } from './filter.ts';
import { noteBody } from './resolutions.ts';
import { validBody, validQuery } from './validate.ts';

export const bulkBody = z
  .strictObject({
    filter: bulkFilter,
    act: bulkActField,
    reason: z.string().trim().min(1, 'is required: say why').max(limits.maxBulkReasonCharacters),
    ratePerSecond: z.int().min(1).max(limits.maxBulkRatePerSecond).default(limits.defaultBulkRatePerSecond),
    limit: z.int().min(1).max(limits.maxBulkDeliveries).default(limits.maxBulkDeliveries),
    as: z.enum(['done', 'dropped'], 'must be done or dropped').optional(),
  })
  .check(checkFilterStatus)
  .refine(({ act, as }) => (act === 'resolve') === (as !== undefined), {
    path: ['as'],
    message: 'is required where act is resolve, and only there',
  });

export const bulkQuery = z.strictObject({ limit: pageLimit, cursor: cursorField.optional() });

export function routeBulkJobs(app: Hono<HttpEnv>): void {
  app.post('/admin/replays', validBody(bulkBody), async (c) => {
    const body = c.req.valid('json');
    const lacking = await lackedScope(c, body.act);
    return lacking ?? start(c, body);
  });

  app.get('/admin/replays', validQuery(bulkQuery), async (c) => {
    const { limit, cursor = null } = c.req.valid('query');
    const found = await listSeen(c, { limit: limit + 1, cursor });
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    const { clock } = c.get('services');
    return c.json({
      replays: page.map((job) => toWireBulkJob(job, clock.now())),
      nextCursor: last === undefined ? null : formatCursor({ at: last.createdAt, id: last.id }),
    });
  });

  app.get('/admin/replays/:id', async (c) => {
    const job = await findSeen(c, c.req.param('id'));
    if (job === null) return problem(c, 'not_found');
    return c.json(toWireBulkJob(job, c.get('services').clock.now()));
  });

  // Either of the scopes: to stop is always the safe side, and nothing of what was done is taken back.
  app.post('/admin/replays/:id/cancel', validBody(noteBody), async (c) => {
    const { bulkJobs, clock } = c.get('services');
    const { actor: by } = c.get('caller');
    const { note } = c.req.valid('json');
    const job = await findSeen(c, c.req.param('id'));
    if (job === null) return problem(c, 'not_found');
    const answer = await bulkJobs.cancel(job.id, { by, note });
    if (answer === null) return problem(c, 'not_found');
    if (answer.kind === 'ended')
      return problem(c, 'wrong_state', { detail: `The job has ended: it is ${answer.job.status}.` });
    return c.json(toWireBulkJob(answer.job, clock.now()));
  });
}

async function start(c: Context<HttpEnv>, body: z.output<typeof bulkBody>): Promise<Response> {
  const services = c.get('services');
  const { actor, credentialId, view } = c.get('caller');
  const { filter: given, act, as = null, reason, ratePerSecond, limit } = body;
  const filter = await toBulkFilter(services, { act, filter: given });
  if (filter === null) return problem(c, 'not_found', { detail: 'There is no such issue.' });
  const id = `bulk_${services.randomness.uuid().replaceAll('-', '')}`;
  const starter = { actor, credentialId, view };
  const shownFilter = toShownFilter(given);
  const asked = { id, act, as, shownFilter, filter, reason, ratePerSecond, limit, starter };
  const job = await within(services.clock, limits.operatorWaitMs, services.bulkJobs.start(asked));
  if (job === null) {
    const detail = `At most ${limits.maxRunningBulkJobs} bulk jobs run at once: wait for one to end, or cancel one.`;
    return problem(c, 'limit_reached', { detail });
  }
  const requestId = c.get('requestId');
  services.telemetry.log('info', 'bulk_job.started', {
    requestId,
    job: id,
    actor,
    act,
    ratePerSecond,
    limit,
  });
  const { waitMs, applied } = readPrefer(c.req.header('prefer'), { defaultMs: 0 });
  const ended = await waitFor(services, { job, waitMs });
  return c.json(toWireBulkJob(ended, services.clock.now()), 202, { location: bulkJobPath(id), ...applied });
}

/** Looks more and more seldom; a job steps once a second. */
async function waitFor(
  { bulkJobs, clock }: Pick<HttpServices, 'bulkJobs' | 'clock'>,
  wanted: { readonly job: BulkJob; readonly waitMs: number },
): Promise<BulkJob> {
  let { job } = wanted;
  const until = clock.now() + wanted.waitMs;
  for (let pauseMs: number = limits.jobLookMs; ; pauseMs = Math.min(pauseMs * 2, limits.maxJobLookMs)) {
    const leftMs = until - clock.now();
    if (job.status !== 'running' || leftMs <= 0) return job;
    await clock.wait(Math.min(pauseMs, leftMs));
    job = (await bulkJobs.find(job.id)) ?? job;
  }
}

/** Those that it sees whole, page after page until there are enough. */
async function listSeen(
  c: Context<HttpEnv>,
  wanted: { readonly limit: number; readonly cursor: { readonly at: number; readonly id: string } | null },
): Promise<readonly BulkJob[]> {
  const { bulkJobs, clock } = c.get('services');
  const { limit, cursor } = wanted;
  const seen: BulkJob[] = [];
  let after = cursor === null ? null : { createdAt: cursor.at, id: cursor.id };
  while (seen.length < limit) {
    const page = await within(clock, limits.operatorWaitMs, bulkJobs.list({ after, limit }));
    seen.push(...page.filter((job) => seesBulkJob(c.get('caller'), job)));
    const last = page.at(-1);
    if (last === undefined || page.length < limit) break;
    after = { createdAt: last.createdAt, id: last.id };
  }
  return seen.slice(0, limit);
}

/** Null: there is none, or the caller does not see all that it touches. */
async function findSeen(c: Context<HttpEnv>, id: string): Promise<BulkJob | null> {
  const { bulkJobs, clock } = c.get('services');
  if (!/^bulk_[0-9a-z-]{1,64}$/.test(id)) return null;
  const job = await within(clock, limits.operatorWaitMs, bulkJobs.find(id));
  return job !== null && seesBulkJob(c.get('caller'), job) ? job : null;
}
