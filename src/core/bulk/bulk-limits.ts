// The bounds of bulk jobs: a number, its unit (in the name) and its reason. Read as a part of ../limits.ts.

export const bulkLimits = {
  /** Bulk jobs that run at once: each asks the partitions once a second, and all of them end up at the same ERPs. */
  maxRunningBulkJobs: 4,
  /** Deliveries a bulk job does a second where its caller says nothing: what a small ERP takes beside its daily work. */
  defaultBulkRatePerSecond: 10,
  /** Deliveries a bulk job may do a second: a step is one transaction, and this many are done within some 50 ms. */
  maxBulkRatePerSecond: 50,
  /** Deliveries one bulk job may do: at the highest rate half an hour, at the default one three. */
  maxBulkDeliveries: 100_000,
  /** Why a bulk job is started, characters: it stands at every delivery it touches. */
  maxBulkReasonCharacters: 500,
  /** Deliveries and refusals a bulk job names: enough to look into some; all of them are in the lists and the audit. */
  maxBulkListed: 100,
  /** From one step of a bulk job to the next, ms: its rate is counted in it. */
  bulkStepMs: 1_000,
  /** Partitions one step of a bulk job asks at most: those that hold nothing of it are passed quickly. */
  maxBulkStepPartitions: 64,
  /** How long one step waits for a partition or the registry, ms: the step is then made again, and done once. */
  bulkCallMs: 20_000,
  /** After a crash in the middle of a step, when the next one begins, ms. */
  bulkRestartMs: 5_000,
  /** Longest wait before a step that failed is made again, ms. */
  bulkRetryCapMs: 60_000,
  /** A bulk job whose steps do nothing but fail for so long is failed, ms: an hour, longer than a deployment or an outage
   * anybody sleeps through. */
  bulkGiveUpMs: 3600 * 1000,
  /** How long a partition remembers the last step of a bulk job, ms: far longer than one waits for its answer. */
  bulkStepKeptMs: 24 * 3600 * 1000,
  /** How long an ended bulk job is shown, ms: 30 days; the audit keeps its start and end for good. */
  bulkJobRetentionMs: 30 * 24 * 3600 * 1000,
  /** Ended bulk jobs that are kept, the newest: each is some 20 KB at most. */
  maxEndedBulkJobs: 1_000,
} as const;
