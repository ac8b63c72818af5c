// BulkJobsObject: the bulk jobs of the whole relay, as one Durable Object. Decides nothing itself: pipeline/bulk-jobs.ts does. It adds
// the rows and the alarm, so that a job goes on without its caller and over a restart. worker.ts says what it works with.
// An alarm's first line sets the next alarm: whatever happens in it, another one comes.

import { DurableObject } from 'cloudflare:workers';
import type { BulkJob, StartBulkJob } from '../../core/bulk/bulk-job.ts';
import { limits } from '../../core/limits.ts';
import { type BulkJobsCore, type BulkJobsDependencies, createBulkJobs } from '../../pipeline/bulk-jobs.ts';
import type { BulkJobPage, BulkJobs } from '../../pipeline/bulk-ports.ts';
import { costMeter } from '../costs/cost-meter.ts';
import { countRequests, countStorage } from '../costs/count-object.ts';
import { createSqlBulkJobRows } from './sql-bulk-job-rows.ts';

export abstract class BulkJobsObjectBase extends DurableObject<Env> implements BulkJobs {
  readonly #rows = createSqlBulkJobRows(countStorage(this.ctx.storage, costMeter));
  #core: BulkJobsCore | null = null;

  /** Null: the configuration does not hold, and nothing can be stepped. */
  protected abstract dependencies(): BulkJobsDependencies | null;

  async start(start: StartBulkJob): Promise<BulkJob | null> {
    const job = await this.#open().start(start);
    await this.ctx.storage.setAlarm(Date.now());
    return job;
  }

  async list(page: BulkJobPage): Promise<readonly BulkJob[]> {
    return this.#rows.list(page);
  }

  async find(id: string): Promise<BulkJob | null> {
    return this.#rows.find(id);
  }

  async cancel(id: string, act: Parameters<BulkJobs['cancel']>[1]): ReturnType<BulkJobs['cancel']> {
    return this.#open().cancel(id, act);
  }

  override async alarm(): Promise<void> {
    await this.ctx.storage.setAlarm(Date.now() + limits.bulkRestartMs);
    const core = this.#ready();
    // The configuration is mended by a deploy, and the alarm is there by then.
    if (core === null) return;
    await core.round();
    const nextAt = core.nextRoundAt();
    if (nextAt === null) await this.ctx.storage.deleteAlarm();
    else await this.ctx.storage.setAlarm(nextAt);
  }

  #open(): BulkJobsCore {
    const core = this.#ready();
    if (core === null) throw new Error('the configuration does not hold');
    return core;
  }

  #ready(): BulkJobsCore | null {
    if (this.#core !== null) return this.#core;
    const dependencies = this.dependencies();
    if (dependencies !== null) this.#core = createBulkJobs(this.#rows, dependencies);
    return this.#core;
  }
}

countRequests(BulkJobsObjectBase.prototype, costMeter);
