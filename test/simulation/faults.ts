// What goes wrong in a simulation, and how often: probabilities for one call, one message, one invocation or one second.
// The times belong to the promises: as long as a stall and a commit together stay within `quietMs`, nothing is done twice.

export type Faults = {
  /** A call to the sequencer that does not arrive, whose answer is lost, or that arrives twice. */
  readonly callLost: number;
  readonly answerLost: number;
  readonly callDoubled: number;
  /** The sequencer dies at a write, or right after its commit. */
  readonly crash: number;
  /** The sequencer's memory is dropped between two calls, each second. */
  readonly eviction: number;
  readonly bellLost: number;
  readonly bellDoubled: number;
  /** An invocation of the consumer dies somewhere in its first seconds. */
  readonly consumerDeath: number;
  /** A write that waits between the last check and its first byte. */
  readonly stall: number;
  /** The token comes late, often in the last moment in which a write may still start. */
  readonly tokenSlow: number;
  readonly erpUnavailable: number;
  readonly erpAnswerLost: number;
  /** The ERP commits late, mostly after the caller gave up. */
  readonly erpLate: number;
  readonly erpRefusesToken: number;
  /** The ERP takes a write that sets stock as a job, and does it later. */
  readonly erpAccepts: number;
  /** A consumer whose clock is wrong, and jumps. */
  readonly clockSkew: number;
  /** The ERP says that a job has ended: when it has, or too early. */
  readonly erpCallsBack: number;
  readonly erpCallsEarly: number;
  readonly journalAway: number;
  /** The journal applied it, and its answer was lost. */
  readonly journalAnswerLost: number;
};

export const calm: Faults = {
  callLost: 0,
  answerLost: 0,
  callDoubled: 0,
  crash: 0,
  eviction: 0,
  bellLost: 0,
  bellDoubled: 0,
  consumerDeath: 0,
  stall: 0,
  tokenSlow: 0,
  erpUnavailable: 0,
  erpAnswerLost: 0,
  erpLate: 0,
  erpRefusesToken: 0,
  erpAccepts: 0,
  clockSkew: 0,
  erpCallsBack: 0,
  erpCallsEarly: 0,
  journalAway: 0,
  journalAnswerLost: 0,
};

export const storm: Faults = {
  callLost: 0.04,
  answerLost: 0.06,
  callDoubled: 0.05,
  crash: 0.05,
  eviction: 0.1,
  bellLost: 0.2,
  bellDoubled: 0.2,
  consumerDeath: 0.15,
  stall: 0.15,
  tokenSlow: 0.15,
  erpUnavailable: 0.15,
  erpAnswerLost: 0.1,
  erpLate: 0.15,
  erpRefusesToken: 0.03,
  erpAccepts: 0.4,
  clockSkew: 0.3,
  erpCallsBack: 0.5,
  erpCallsEarly: 0.2,
  journalAway: 0.3,
  journalAnswerLost: 0.2,
};

/**
 * Fewer faults, and all of them slow: writes that start at the last moment, stall, commit late and are settled by nobody,
 * while look-ups fail and answer late. It breaks what believes an answer to be younger than it is.
 */
export const slowStorm: Faults = {
  ...storm,
  callLost: 0.01,
  answerLost: 0.01,
  crash: 0.01,
  bellLost: 0.1,
  consumerDeath: 0.6,
  stall: 0.6,
  tokenSlow: 0.6,
  erpUnavailable: 0.3,
  erpAnswerLost: 0.02,
  erpLate: 0.6,
};

/** ms */
export const times = {
  /** Short, so that a stall outlasts it. */
  leaseMs: 5_000,
  timeoutMs: 1_500,
  /** A consumer takes nothing new after so long. */
  budgetMs: 4_000,
  /** One way between any two parts. */
  latencyMs: 40,
  /** How far a consumer's clock is from the others', either way, at any moment. */
  maxSkewMs: 150,
  /** Longest stall between the check and the first byte of a write. */
  maxStallMs: 3_000,
  /** Longest transaction of the ERP. */
  maxCommitMs: 2_500,
  /** Between two records of a partial batch in the ERP. */
  maxRecordMs: 50,
  /** How long a job of the ERP takes: most end in time, some outlast the route's patience. */
  maxJobMs: 12_000,
  endlessJobMs: 40_000,
  jobTimeoutMs: 20_000,
  /** Longest stretch in which the ERP answers nothing but 503, or in another form. */
  maxTroubleMs: 15_000,
  /**
   * Since a lease's deadline, after which nothing can commit any more: a write is checked `timeoutMs` before it, confirms
   * (there and back), stalls, goes its way and commits. The clock of who writes may jump from one end of its bound to the
   * other meanwhile, and that of who looks be early; a batch has three records. No margin: one would hide what comes too early.
   */
  quietMs: 2 * 40 + 3_000 + 40 + 2_500 - 1_500 + 3 * 150 + 3 * 50,
  bellTimeoutMs: 5_000,
  /** Between two tries of a sender that got no answer. */
  senderRetryMs: 2_000,
  /** Events, replays and faults come within so long. */
  storyMs: 60_000,
} as const;
