// What keeps, starts, shows and cancels bulk jobs. Pure types.

import type { BulkJob, StartBulkJob } from '../core/bulk/bulk-job.ts';

/** Running ones first, else the newest first. `after`: the job after which the page begins. */
export type BulkJobPage = {
  readonly after: { readonly createdAt: number; readonly id: string } | null;
  readonly limit: number;
};

/** Throws a PortError where it is away. */
export interface BulkJobs {
  /** Durable when it resolves. Null: as many run as may. */
  start(start: StartBulkJob): Promise<BulkJob | null>;
  list(page: BulkJobPage): Promise<readonly BulkJob[]>;
  /** Null: there is none, or it is no longer kept. */
  find(id: string): Promise<BulkJob | null>;
  /** What is under way is done before it answers. `ended`: it had ended before. Null: there is none. */
  cancel(
    id: string,
    act: { readonly by: string; readonly note: string },
  ): Promise<{ readonly kind: 'cancelled' | 'ended'; readonly job: BulkJob } | null>;
}

/** The rows of bulk jobs. Synchronous: each is written whole, with what was decided. */
export interface BulkJobRows {
  save(job: BulkJob): void;
  find(id: string): BulkJob | null;
  list(page: BulkJobPage): readonly BulkJob[];
  running(): readonly BulkJob[];
  /** Those whose start, or end, the audit has not got. */
  unaudited(): readonly BulkJob[];
  /** Forgets ended ones that the audit has: those started before then (epoch ms), and all but the newest `keep`. */
  prune(bounds: { readonly before: number; readonly keep: number }): void;
}
