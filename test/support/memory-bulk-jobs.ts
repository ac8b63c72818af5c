// Bulk jobs in memory: the real rules over rows that are a map of JSON texts.

import type { BulkJob } from '../../src/core/bulk/bulk-job.ts';
import type { BulkJobRows } from '../../src/pipeline/bulk-ports.ts';

export function createMemoryBulkJobRows(): BulkJobRows {
  const rows = new Map<string, string>();
  const all = (): BulkJob[] => [...rows.values()].map((text) => JSON.parse(text) as BulkJob);
  const hasEnded = ({ status }: BulkJob): boolean => status !== 'running';
  const isAudited = (job: BulkJob): boolean => job.audited.start && (job.audited.end || !hasEnded(job));
  const inOrder = (a: BulkJob, b: BulkJob): number =>
    Number(hasEnded(a)) - Number(hasEnded(b)) || b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1);
  return {
    save: (job) => void rows.set(job.id, JSON.stringify(job)),
    find: (id) => all().find((job) => job.id === id) ?? null,
    list: ({ after, limit }) => {
      const jobs = all().sort(inOrder);
      const from = after === null ? 0 : jobs.findIndex(({ id }) => id === after.id) + 1;
      return jobs.slice(from, from + limit);
    },
    running: () => all().filter((job) => !hasEnded(job)),
    unaudited: () => all().filter((job) => !isAudited(job)),
    prune: ({ before, keep }) => {
      const ended = all().filter(hasEnded).sort(inOrder);
      ended.forEach((job, index) => {
        if (isAudited(job) && (job.createdAt < before || index >= keep)) rows.delete(job.id);
      });
    },
  };
}
