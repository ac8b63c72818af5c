// The bulk jobs as handlers see them: a stub of their one object.

import type { BulkJobs } from '../../pipeline/bulk-ports.ts';
import { toPortError } from './object-sequencer.ts';

/** One for the whole relay: how many run at once is counted over all of it. */
const jobsName = 'bulk-jobs';

export function createObjectBulkJobs(namespace: Env['BULK_JOBS']): BulkJobs {
  const call = async <T>(work: (jobs: BulkJobs) => Promise<T>): Promise<T> => {
    try {
      return await work(namespace.get(namespace.idFromName(jobsName)) as unknown as BulkJobs);
    } catch (error) {
      throw toPortError(error);
    }
  };
  return {
    start: (start) => call((jobs) => jobs.start(start)),
    list: (page) => call((jobs) => jobs.list(page)),
    find: (id) => call((jobs) => jobs.find(id)),
    cancel: (id, act) => call((jobs) => jobs.cancel(id, act)),
  };
}
