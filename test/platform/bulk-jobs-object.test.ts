// BulkJobsObject on the real runtime: its jobs go on by the alarm, without their caller and over a crash, do nothing twice, and are
// listed and forgotten as the rows say.
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { type BulkJob, type StartBulkJob, startBulkJob } from '../../src/core/bulk/bulk-job.ts';
import { wholeView } from '../../src/core/identity/access-view.ts';
import { partitionOf } from '../../src/core/partition.ts';
import type { BulkJobRows } from '../../src/pipeline/bulk-ports.ts';
import { createObjectAudit } from '../../src/platform/durable-objects/object-audit.ts';
import { createObjectBulkJobs } from '../../src/platform/durable-objects/object-bulk-jobs.ts';
import { createObjectSequencers } from '../../src/platform/durable-objects/object-sequencer.ts';
import { createSqlBulkJobRows } from '../../src/platform/durable-objects/sql-bulk-job-rows.ts';
import { claimOf } from '../support/builders.ts';
import { crashObject } from '../support/crash-object.ts';
import { createMemoryBulkJobRows } from '../support/memory-bulk-jobs.ts';

const jobs = createObjectBulkJobs(env.BULK_JOBS);
const stub = () => env.BULK_JOBS.get(env.BULK_JOBS.idFromName('bulk-jobs'));
const partitions = Number(env.PARTITIONS);
const sequencers = createObjectSequencers(env.SEQUENCER, {
  partitions,
  generation: 1,
  previousPartitions: [],
});

/** Of a source of their own, so that no other test meets them. */
async function deadLetters(source: string, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const problem = { code: 'mapping_failed', message: 'it fails' } as const;
    const orderingKey = `order/${source}-${number}`;
    const claim = claimOf(`${source}-${number}`, {
      ...{ source, orderingKey, partitions, generation: 1 },
      plans: [{ operationKey: null, problem }],
    });
    const answer = await sequencers.of(partitionOf(orderingKey, partitions)).claim(claim);
    if (answer.kind !== 'claimed') throw new Error('not claimed');
    ids.push(...(answer.deliveryIds ?? []));
  }
  return ids;
}

function jobOf(source: string, changes: Partial<StartBulkJob> = {}): StartBulkJob {
  return {
    ...{ id: `bulk_${crypto.randomUUID()}`, act: 'skip', as: null, shownFilter: { source } },
    ...{ filter: { source, status: ['dead_lettered'] }, reason: 'a test', ratePerSecond: 2, limit: 100 },
    starter: { actor: 'admin_key', credentialId: null, view: wholeView },
    ...changes,
  };
}

async function untilJob(id: string, isSo: (job: BulkJob) => boolean): Promise<BulkJob> {
  return vi.waitFor(
    async () => {
      const job = await jobs.find(id);
      if (job === null || !isSo(job)) throw new Error(`it is ${JSON.stringify(job)}`);
      return job;
    },
    { timeout: 20_000, interval: 50 },
  );
}

const hasEnded = ({ status }: BulkJob): boolean => status !== 'running';

describe('the object of bulk jobs', () => {
  it('goes on by its alarm, over a crash between two steps, and does nothing twice', async () => {
    const dead = await deadLetters('crashing', 6);
    const started = await jobs.start(jobOf('crashing'));
    const id = started?.id ?? '';
    await untilJob(id, ({ doneCount }) => doneCount > 0);
    await crashObject(stub());
    const ended = await untilJob(id, hasEnded);
    expect(ended).toMatchObject({ status: 'succeeded', total: 6, doneCount: 6, refusedCount: 0 });
    expect(ended.touched.map(({ deliveryId }) => deliveryId).sort()).toEqual([...dead].sort());
    const left = await Promise.all(
      sequencers.all().map((each) => each.planReplays({ filter: { source: 'crashing' }, sample: 0 })),
    );
    expect(left.reduce((sum, { count }) => sum + count, 0)).toBe(0);
    const audit = createObjectAudit(env.AUDIT, env.DB);
    await audit.flush();
    const filter = { actor: null, deliveryId: null, orderingKey: null, target: null };
    for (const action of ['bulk_started', 'bulk_ended']) {
      const acts = await audit.list({ filter: { ...filter, action }, before: null, limit: 100 });
      expect(acts.filter(({ after }) => after?.startsWith(id))).toHaveLength(1);
    }
  });

  it('is cancelled, and says so to the second who tries', async () => {
    await deadLetters('cancelled', 4);
    const started = await jobs.start(jobOf('cancelled', { ratePerSecond: 1 }));
    const id = started?.id ?? '';
    await untilJob(id, ({ doneCount }) => doneCount > 0);
    expect(await jobs.cancel(id, { by: 'olga', note: 'stop' })).toMatchObject({ kind: 'cancelled' });
    expect(await jobs.cancel(id, { by: 'ben', note: 'stop' })).toMatchObject({ kind: 'ended' });
    expect(await jobs.cancel('bulk_none', { by: 'ben', note: 'stop' })).toBeNull();
    const job = await jobs.find(id);
    expect(job).toMatchObject({ status: 'cancelled', cancelled: { by: 'olga' } });
    expect(job?.doneCount).toBeLessThan(4);
  });
});

describe('the rows of bulk jobs', () => {
  const ended = (job: BulkJob): BulkJob => ({
    ...{ ...job, status: 'succeeded' as const, finishedAt: job.createdAt },
    audited: { start: true, end: true },
  });

  /** The same questions to SQLite and to the rows of tests. */
  function play(rows: BulkJobRows) {
    const made = [10, 20, 20, 30, 40].map((at, index) =>
      startBulkJob(jobOf('rows', { id: `bulk_${index}` }), at),
    );
    const [first, second, third, fourth, fifth] = made as [BulkJob, BulkJob, BulkJob, BulkJob, BulkJob];
    for (const job of made) rows.save(job);
    for (const job of [second, third, fifth]) rows.save(ended(job));
    const ids = (found: readonly BulkJob[]) => found.map(({ id }) => id);
    const page = rows.list({ after: null, limit: 3 });
    const last = page.at(-1) ?? first;
    const listed = [ids(page), ids(rows.list({ after: last, limit: 3 }))];
    const asked = [ids(rows.running()), ids(rows.unaudited())];
    rows.save({ ...first, audited: { start: true, end: false } });
    rows.save({ ...ended(fourth), audited: { start: true, end: false } });
    rows.prune({ before: 15, keep: 2 });
    const kept = ids(rows.list({ after: null, limit: 10 }));
    return { listed, asked: asked.map((each) => [...each].sort()), kept, unaudited: ids(rows.unaudited()) };
  }

  it('are in SQLite what they are in memory', async () => {
    const object = env.BULK_JOBS.get(env.BULK_JOBS.idFromName('rows'));
    const inSql = await runInDurableObject(object, (_, { storage }) => play(createSqlBulkJobRows(storage)));
    expect(inSql).toEqual(play(createMemoryBulkJobRows()));
    expect(inSql).toEqual({
      listed: [
        ['bulk_3', 'bulk_0', 'bulk_4'],
        ['bulk_2', 'bulk_1'],
      ],
      asked: [
        ['bulk_0', 'bulk_3'],
        ['bulk_0', 'bulk_3'],
      ],
      kept: ['bulk_0', 'bulk_4', 'bulk_3'],
      unaudited: ['bulk_3'],
    });
  });
});
