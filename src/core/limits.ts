// Every bound that is not a setting: a number, its unit (in the name) and its reason. Nothing else may hold a bare limit.

export const limits = {
  /** Failed look-ups in doubt before a person is asked: with the default back-off about an hour of a silent ERP. */
  maxFailedLookups: 20,
  /** Lone crashes before a delivery is taken for poison: twice is bad luck (a deploy, an eviction). */
  maxLoneCrashes: 3,
  /** Open events one partition takes: their lines stand in memory, about 1.5 KB each, within the 128 MB of an isolate. */
  maxOpenEvents: 30_000,
  /** Ordering keys kept in memory with nothing open, so that a key seen again costs no read. */
  maxIdleKeys: 2_000,
  /** Numbers (ids, epochs, changes) reserved with one row write; what is left of a block is lost at a restart. */
  numberBlock: 4_096,
  /** Attempts of one event kept while the journal is away; older ones are counted and dropped, the newest tell most. */
  maxUnjournaledAttempts: 20,
  /** Settled rows looked at by one pruning step: a few ms of the object's one thread. */
  pruneStepRows: 500,
  /** Default of the ledger's horizon, ms: 400 days, so that a yearly rerun still meets its keys. */
  ledgerHorizonMs: 400 * 24 * 3600 * 1000,
} as const;
