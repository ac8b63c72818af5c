// Every bound that is not a setting: a number, its unit (in the name) and its reason. Nothing else may hold a bare limit.

export const limits = {
  /** Failed look-ups in doubt before a person is asked: with the default back-off about an hour of a silent ERP. */
  maxFailedLookups: 20,
  /** Least wait between two looks at an ERP's job, ms: an ERP that says 0 shall not be asked in a loop. */
  pollFloorMs: 100,
  /** Longest wait between two looks at an ERP's job, ms: a caller waits no longer than this for what is done. */
  pollCapMs: 60_000,
  /**
   * How long an ERP may answer one delivery with nothing but "too many calls", which costs no attempt, ms: a day, in which
   * every quota has begun anew.
   */
  maxRateLimitedMs: 24 * 3600 * 1000,
  /** Lone crashes before a delivery is taken for poison: twice is bad luck (a deploy, an eviction). */
  maxLoneCrashes: 3,
  /** Open events one partition takes: their lines stand in memory, about 1.5 KB each, within the 128 MB of an isolate. */
  maxOpenEvents: 30_000,
  /** Ordering keys kept in memory with nothing open, so that a key seen again costs no read. */
  maxIdleKeys: 2_000,
  /** Records of such keys, all together, about 1.5 KB each: a product's key may hold thousands of stock levels. */
  maxIdleRecords: 10_000,
  /** Numbers (ids, epochs, changes) reserved with one row write; what is left of a block is lost at a restart. */
  numberBlock: 4_096,
  /** Attempts of one event kept while the journal is away; older ones are counted and dropped, the newest tell most. */
  maxUnjournaledAttempts: 20,
  /** Acts of persons on one event kept while the journal is away; then no further one is taken, for none may be lost. */
  maxUnjournaledActs: 100,
  /** Rows moved from open to settled in one transaction after the journal acknowledged: some 5 ms for which claims wait. */
  ackStepRows: 64,
  /**
   * Bodies and headers of the newest open events kept in memory, bytes of one partition: some 200 of a few KB, so that their
   * lease need not read what was just written. Objects of one class may share the 128 MB of an isolate.
   */
  recentPayloadBytes: 524_288,
  /** Settled rows looked at by one pruning step: a few ms of the object's one thread. */
  pruneStepRows: 500,
  /**
   * Horizon of events that only replaced a state (stock levels), ms: 45 days, over the longest resend window of a sender.
   * The next one replaces it anyway, and 400 days of them would fill one ordering key with tens of thousands of rows.
   */
  replacedStateHorizonMs: 45 * 24 * 3600 * 1000,
  /** Default of the ledger's horizon, ms: 400 days, so that a yearly rerun still meets its keys. */
  ledgerHorizonMs: 400 * 24 * 3600 * 1000,
  /** Body of one webhook, bytes: 1 MiB. Most are a few KB, and a row with its body must fit in the 2 MB of SQLite's row here. */
  maxBodyBytes: 1_048_576,
  /** Header fields of one webhook. Senders and the edge add fewer than 60. */
  maxHeaderCount: 128,
  /** Names and values of all header fields, characters: 32 Ki, what common proxies let through; they are kept with the event. */
  maxHeaderCharacters: 32_768,
  /** One signature header, characters: room for eight Ed25519 signatures with their versions, and no more to parse. */
  maxSignatureHeaderCharacters: 2_048,
  /** Signatures tried from one header: each costs a pass over the body per secret, before anything is proven. */
  maxSignatures: 8,
  /** Signature headers of a sender that sends one for each key: each costs a pass over the body per secret. */
  maxNumberedSignatures: 16,
  /** Fields of a form: senders have some 60. */
  maxFormFields: 512,
  /** Events of one request: a sender's largest batch is some thousand small ones, and each is a row. */
  maxBatchItems: 2_000,
  /** A token in a header, characters: a JWT with the claims of a directory is some 2,000. */
  maxTokenCharacters: 8_192,
  /** Longest wait for a sender's key server, ms: senders wait 3 to 5 s for the answer to a webhook. */
  keyFetchTimeoutMs: 2_000,
  /** One key document, bytes: a directory's whole JWKS is some 20 KB. */
  maxKeyDocumentBytes: 131_072,
  /** Key documents kept in an isolate, known and unknown ids alike: some 100 KB. */
  maxKeptKeyDocuments: 128,
  /** How long an unknown key id stays unknown, ms: a new key is published before it is used. */
  unknownKeyMs: 60_000,
  /** How long a key server that gave no answer is left alone for that key, ms: below every sender's first retry. */
  unreachableKeyMs: 5_000,
  /** Between two refreshes of one key document because of an id that is not in it, ms: anybody can make up ids. */
  keyRefreshPauseMs: 60_000,
  /** Fetches from one key server in a minute: senders have a handful of keys. */
  maxKeyFetchesPerMinute: 30,
  /** Imported HMAC keys kept in an isolate: two secrets of 128 sources, about 100 KB. */
  maxCachedKeys: 256,
  /** Nesting of a JSON body: no sender goes beyond 20, and what reads a payload may recurse. */
  maxJsonDepth: 64,
  /** A sender's event id, type or entity id, characters: they stand in primary keys, prefix scans and logs. */
  maxIdCharacters: 256,
  /** One journal batch, bytes with bodies counted twice (hex): two of the largest. About 60 ms of D1, whose bound is 30 s. */
  maxJournalBatchBytes: 4_194_304,
  /** Events of one journal batch: at most a few thousand rows in one D1 transaction. */
  maxJournalBatchRecords: 200,
  /** Rows of one statement as JSON, bytes: D1 takes 2,000,000 a parameter and a row; the rest is margin. */
  maxJournalRowBytes: 1_500_000,
  /** Body that travels as hex inside the JSON of its row, bytes; a larger one has a statement of its own. */
  maxInlineBodyBytes: 262_144,
  /** A piece of a larger body, bytes: twice as many characters as hex, still under D1's 2,000,000 a parameter. */
  maxBodyPieceBytes: 524_288,
  /** Attempts of an event that shares a block of the journal: half of what is kept of one, so that none is dropped. */
  maxSimpleAttempts: 10,
  /**
   * Numbers between the claim of an event and the end of it, where it shares a block: a delivery's block is looked for
   * that far. A full partition of 30,000 events takes some 150,000 from the first claim to the last settle.
   */
  maxSimpleNumberSpan: 200_000,
  /** A block of the journal before it is deflated, bytes: as hex still within a parameter of D1, were it not to shrink. */
  maxBlockBytes: 700_000,
  /** Between the earliest and the latest receipt in one block, ms: how far a list looks beyond the time it was asked for. */
  maxBlockSpanMs: 3_600_000,
  /** Blocks of one read: some 500 KB, inflated in a few ms. */
  blocksPerRead: 32,
  /** Places of blocks found by one search of their index, some 100 bytes each: a page over 64 partitions may need a block of each,
   * and ends at the place after them. */
  placesPerRead: 128,
  /** Unpacked blocks kept in an isolate, bytes of their JSON, about as much in memory: a full one of each of 64 partitions, and
   * an eighth of what an isolate has. */
  maxKeptBlockBytes: 16_000_000,
  /** Blocks looked through for one page or one delivery: then the page ends, and its cursor goes on from there. */
  maxSearchedBlocks: 256,
  /** Blocks looked at for one page by what stands in their index, most of them passed over: 4 MB where
   * each holds a few events, read in some 20 ms. */
  maxScannedBlocks: 32_768,
  /** Exchanges kept of an attempt that would burst its row: their bodies are dropped, the first lines tell most. */
  maxClippedExchanges: 50,
  /** Attempts of one delivery read back, the newest: as many as a retry policy may allow. */
  maxShownAttempts: 100,
  /** Rejected requests kept for one source: the newest say what is wrong, the counts say how often. */
  maxRejectedRequests: 1_000,
  /** How long a rejected request is kept, ms: 7 days, longer than a weekend. */
  rejectedRequestMs: 7 * 24 * 3600 * 1000,
  /** Body kept of a rejected request, bytes: enough to see what came. */
  maxRejectedBodyBytes: 16_384,
  /** Rejected requests of one source written in a minute by one isolate; the rest is counted: a flood must not become D1's. */
  maxRejectedWritesPerMinute: 60,
  /** Requests of one source an isolate lets in at once: the largest burst of a sender after an outage that is known. */
  floodBurst: 20_000,
  /** And per second after that: more than one isolate can verify on one core, so no honest sender meets it. */
  floodPerSecond: 2_000,
  /** Unverified requests of one address to one source in a minute before it is turned away unread: a wrong secret makes fewer. */
  unverifiedPerMinute: 600,
  /** Addresses an isolate watches for that, the newest: some 100 bytes each. */
  maxWatchedAddresses: 10_000,
  /** One step of a reconciliation, ms: within a scheduled run, beside the watchdog. */
  reconcileStepMs: 20_000,
  /** Pages of a sender's list one step reads: some 250 orders, and senders allow two calls a second. */
  reconcilePagesPerStep: 5,
  /** Pages one request for a range reads, before it answers: within what a caller waits. */
  reconcilePagesPerRequest: 20,
  /** How far before the end of the last check the next one begins, ms: senders' lists lag behind what they write. */
  reconcileOverlapMs: 600_000,
  /** How old an event must be to count as missing, ms: longer than a first retry of most senders. */
  reconcileLagMs: 120_000,
  /** How far back the first check of a source goes, ms: a day. Further back by hand. */
  reconcileFirstMs: 24 * 3600 * 1000,
  /** Least and longest time between two checks of a source, ms: a minute is the schedule's step, a week is too late. */
  reconcileEveryMs: { least: 60_000, most: 7 * 24 * 3600 * 1000 },
  /** Default time between two checks, ms: an order that did not come is there within a quarter of an hour. */
  reconcileDefaultMs: 900_000,
  /** A webhook that an ERP ends sooner than this is renewed, ms: Business Central's end after three days, so each has a day's tries and two to spare. */
  subscriptionRenewBeforeMs: 48 * 3600 * 1000,
  /** Least and longest time between two looks at a watched ERP, ms: 0 is every run of the schedule, a minute; a day is too late. */
  watchEveryMs: { least: 0, most: 24 * 3600 * 1000 },
  /** One look at one kind, ms: within a scheduled run, beside the others. */
  watchStepMs: 20_000,
  /** Changes of one page: one call of the ERP, and one transaction of each sequencer. */
  watchPageSize: 100,
  /** Pages of one kind a look reads, at most: 500 changes a minute; the rest comes with the next look. */
  watchPagesPerStep: 5,
  /** How old a change must be, ms: an ERP's times are whole seconds, and its clock is not the relay's. */
  watchLagMs: 10_000,
  /** Missing events shown of one check; the rest are found by their mark. */
  maxShownMissing: 100,
  /** Changes kept of one edited input: a person edits some fields, and the edited input is kept whole beside them. */
  maxKeptChanges: 100,
  /** Characters of JSON of them all: as much as of the input of one attempt. */
  maxKeptChangeChars: 16_384,
  /** Characters of them in the audit, which keeps everything for good. */
  maxAuditedChangeChars: 4_096,
  /** How long the reads of a dry run may take, ms: a person is waiting, and an operation looks up some ten things. */
  dryRunReadsMs: 10_000,
  /** Mapped input kept with an attempt, characters: an order of some hundred lines; the event itself is kept whole. */
  maxKeptInputChars: 16_384,
  /** Inputs kept beside the dead letters of one batch's records, characters of JSON: with a body of 1 MiB still one row. */
  maxKeptRecordChars: 262_144,
  /** How long a direct request is known by its Idempotency-Key, ms: 30 days, past any retry of a caller. */
  directRequestMs: 30 * 24 * 3600 * 1000,
  /** After so long the claim of a direct request is repeated, ms: its caller has normally made it within a few. */
  directClaimMs: 5_000,
  /** How long a direct request is waited for where its caller says nothing, ms. */
  operationWaitMs: 10_000,
  /** Longest wait a caller may ask for, ms: below what proxies cut off. */
  maxOperationWaitMs: 60_000,
  /** An address a notice is sent to, characters. */
  maxCallbackUrlCharacters: 2_048,
  /** First pause between two looks at a job that is waited for, ms. */
  jobLookMs: 25,
  /** Longest pause between two looks at a job that is waited for, ms. */
  maxJobLookMs: 1_000,
  /** Body of one ERP request or answer kept with an attempt, characters. */
  maxKeptExchangeChars: 8_192,
  /** Answer of an ERP, bytes: a document with a thousand lines; more is a list that should be paged. */
  maxErpAnswerBytes: 4_194_304,
  /**
   * Deliveries of one line in one lease: a line saves seven calls of eight, and one that turns out slow or fails has its others
   * given back.
   */
  maxRun: 8,
  /** Deliveries one consumer has in hand, of which a crash leaves each in doubt: a few rounds of its connections. */
  maxInHand: 64,
  /** Bodies of one lease beyond its heads, bytes: a call between Workers takes 32 MiB, and most are a few KB. */
  maxLeasedBytes: 4_194_304,
  /** Lines a consumer has in hand beyond those it can start: as many as it settles at once, so that none of its connections waits. */
  maxAhead: 16,
  /** Ready lines for each of those, so that other consumers find as much as they can start. */
  readyPerAhead: 4,
  /** Outcomes gathered before they are settled: one call to the sequencer for all. */
  maxUnsettledOutcomes: 16,
  /** Longest an outcome waits for others to be settled with, ms: below what a person or a successor would notice. */
  settleGatherMs: 50,
  /** The same where the consumer has work in hand that needs no settle: the next sixteen are there before it, if the ERP answers. */
  busyGatherMs: 500,
  /** Longest an outcome waits where others of its line stand behind it, ms: company that ends at once, and a line hardly slower. */
  lineGatherMs: 3,
  /** Healthy reports kept for a target's next batch, the newest: its circuit needs no more of them. */
  maxNotedReports: 200,
  /** Ended batches kept for a target's next batch, the newest: what older ones were granted ends with its time. */
  maxNotedBatches: 100,
  /** Tries of one idempotent call to a Durable Object: the docs' own advice. */
  maxObjectCallTries: 3,
  /** What a sender is told to wait when nothing could be claimed, seconds: below every sender's first retry. */
  retryAfterSeconds: 5,
  /** Body of one admin request, bytes: an edited input of a thousand lines. */
  maxAdminBodyBytes: 524_288,
  /** Deliveries on one page of a list; each of the partitions is asked for as many. */
  maxListPage: 200,
  /** Deliveries on a page where the caller names no number. */
  defaultListPage: 50,
  /** Deliveries of the same ordering key shown beside one: the newest. */
  maxRelatedDeliveries: 50,
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
  /** Deliveries the plan of a bulk replay shows, the oldest: enough to see what it is about. */
  maxPlanSample: 10,
  /** Groups of failures the plan of a bulk replay names, the largest; beyond, they are counted. */
  maxPlanGroups: 50,
  /** Held deliveries one release of a target lets go; the answer says whether more are left. */
  maxBulkReleases: 1_000,
  /** An operator's reason or note, characters. */
  maxNoteCharacters: 1_000,
  /** A filter value, characters: an operation key's bound, and nothing the relay keeps is longer. */
  maxFilterCharacters: 512,
  /** How long a list or a check waits for the journal or a sequencer before it does without, ms: a person is waiting. */
  operatorWaitMs: 5_000,
  /** How long /readyz repeats its last answer, ms: anybody may ask, and each look costs two calls. */
  readinessMs: 1_000,
  /** Until an ordering key that a lost call left between two generations is offered to the newer one again, ms. */
  handOverOfferMs: 10_000,
  /** A doorbell nobody answered is rung again after so long, ms: the queue usually takes well under a second. */
  doorbellTimeoutMs: 5_000,
  /** Notices of alerts to people in an hour: beyond, a digest takes the place of the rest; nobody reads more. */
  maxAlertNoticesPerHour: 30,
  /** An alert that comes and goes is told at most once in so long, ms. */
  alertRepeatMs: 5 * 60_000,
  /** What nobody acknowledged is told again after so long, ms: a day, the next shift. */
  alertReminderMs: 24 * 3600 * 1000,
  /** Changes one partition keeps for the live tail between two sends, deliveries: some 150 KB; beyond they are counted. */
  maxTailChanges: 500,
  /** How long changes gather before the live tail is told, ms: a person sees no difference, a burst is one call. */
  tailGatherMs: 250,
  /** How long a partition waits for the live tail to take them, ms: what comes meanwhile gathers, within its bound. */
  tailSendMs: 5_000,
  /** How long a partition tells the live tail without being asked again, ms: a row written each time, in each partition. */
  tailLeaseMs: 5 * 60_000,
  /** Between two signs of life to each listener, ms: proxies close what is silent for a minute, and callers are looked at anew. */
  tailBeatMs: 30_000,
  /** How long a listener's credential is believed before it is looked up again, ms; with the registry's own bound it is told
   * nothing more 15 s after it was revoked, and closed within a minute. */
  tailCallerMs: 5_000,
  /** Sockets of the live tail together: each item is compared with every one's filter. */
  maxTailListeners: 50,
  /** Items one listener is told in a second: more than a person reads; beyond they are counted and said. */
  tailItemsPerSecond: 200,
  /** Items kept for listeners that come back, the newest. */
  maxTailRecent: 1_000,
  /** How long after its last listener the live tail still takes what changes, ms: one that reconnects misses nothing. */
  tailGraceMs: 60_000,
  /** How long a ticket for the live tail is good, ms: it is used at once. */
  tailTicketMs: 30_000,
  /** Tickets kept together: each is gone within half a minute. */
  maxTailTickets: 200,
  /** How long a listener stays before it has to prove itself anew, ms: an hour, the life of most tokens. */
  tailSocketMs: 3600 * 1000,
  /** Open alerts looked through for the one of an issue: far more than can be open together. */
  maxSearchedAlerts: 1_000,
  /** Deliveries shown with an issue, the newest: enough to see what they have in common. */
  issueSamples: 10,
  /** Pages of deliveries an overview counts, of the size of a list's longest: a thousand are enough for a percentile. */
  overviewPages: 5,
  /** Issues an overview counts: more than there are causes in a relay that works. */
  overviewIssues: 1_000,
  /** Window of an overview, minutes: an hour, and a day at most, for a busy relay's day is more than is counted. */
  overviewMinutes: 60,
  maxOverviewMinutes: 1_440,
  /** Window of the metrics, minutes: some scrapes long, so that one that was missed loses nothing. */
  metricsMinutes: 5,
  /** How long an overview is shown again, ms: each look asks every partition, and a dashboard asks again and again. */
  overviewFreshMs: 10_000,
  /** Overviews an isolate keeps: callers with different views; some 100 KB each. */
  maxKeptOverviews: 20,
  /** Resolved alerts kept, the newest: some months of a busy relay. */
  maxResolvedAlerts: 1_000,
  /** Tries of one notice on one channel: with their back-off about twenty minutes; a reminder follows in a day. */
  maxNoticeTries: 8,
  /** One try of a notice, ms. */
  noticeTimeoutMs: 10_000,
  /** How long conditions gather before they are reported, ms: a burst of dead letters is one report. */
  alertReportDelayMs: 1_000,
  /** Longest wait between two tries of a report nobody took, ms. */
  alertReportRetryCapMs: 60_000,
  /** Different conditions in one report; what is beyond is counted in one of its rule. */
  maxReportedConditions: 50,
  /** The journal may fail for so long before somebody is told, ms: a short outage is no news. */
  journalTroubleMs: 60_000,
  /** The queue may refuse doorbells for so long, ms: three rings. */
  doorbellNotSentMs: 15_000,
  /** Doorbells may stay unanswered for so long, ms: longer than a consumer works for another partition. */
  doorbellUnansweredMs: 120_000,
  /** How long an isolate believes that no operation of a target is held, ms: what slips through in it is one finding more. */
  operationHoldsMs: 2_000,
  /**
   * How long changes gather before the journal gets them, ms: one D1 transaction and one alarm for all of it, the one that
   * would ring again for a lost doorbell. Lists bring the journal up to date first.
   */
  journalDelayMs: 5_000,
  /** First wait after the journal failed, ms; doubled each time. */
  journalRetryMs: 1_000,
  /** Longest wait between two tries of a journal that is away, ms. */
  journalRetryCapMs: 60_000,
  /** One catch-up of the journal, ms: an alarm's time is bounded, the next one goes on. */
  journalFlushMs: 10_000,
  /** Attempts kept with an open event while the journal is away, characters of JSON: with a body of 1 MiB still one row. */
  maxUnjournaledAttemptChars: 262_144,
  /** Calls of one attempt its target is told of, the newest: more than any rule of a circuit needs of one attempt. */
  maxReportedCalls: 20,
  /** After the ERP refused a login, the only ones tried without a person, ms after the refusal: ERPs lock accounts after six. */
  loginRetryMs: [600_000, 3_600_000],
  /** How long a consumer uses a key that may be replaced without asking again, ms; the old one is ended after twice that. */
  keyKeptMs: 300_000,
  /** First wait after a step of a key's rotation that got no answer, ms; doubled each time. */
  rotationRetryMs: 60_000,
  /** Longest wait between two tries of a key's rotation, ms: half a life of days is left when it begins. */
  rotationRetryCapMs: 3_600_000,
  /** A token this close to its end is renewed first, ms: longer than one call. */
  tokenMarginMs: 30_000,
  /** Events one step of the journal's retention looks at: some 2 MB read from D1, once a minute. */
  retentionStepEvents: 500,
  /** Default of how long bodies are kept, ms: 30 days, longer than any sender sends an event again. */
  bodyRetentionMs: 30 * 24 * 3600 * 1000,
  /** One item of an intake as JSON, characters: fits with its plans in a SQLite row of 2 MB. */
  maxIntakeItemChars: 1_500_000,
  /** What is kept of a request in place of an item that cannot be told, characters: there may be thousands of them. */
  maxUnreadableItemChars: 1_024,
  /** Items of one intake row: written again when some of them are done. */
  maxIntakePartItems: 100,
  /** Items of one intake row, bytes of JSON: a single larger one has a row of its own. */
  maxIntakePartBytes: 400_000,
  /** Items under way in one partition: they stand in memory, 1 to 2 KB each, beside its open events. */
  maxOpenIntakeItems: 10_000,
  /** How long a finished intake answers "duplicate", ms: 7 days, longer than any sender retries; its events answer for longer. */
  intakeKeptMs: 7 * 24 * 3600 * 1000,
  /** Items claimed by one step of a fan-out, over all partitions: the work of some 10 ms in each. */
  fanOutStepItems: 200,
  /** Items claimed by one call, bytes of JSON: half of what a call between objects carries. */
  maxClaimGroupBytes: 8_388_608,
  /** Longest wait before a partition that did not take a claim is asked again, ms. */
  fanOutRetryCapMs: 30_000,
  /** A fan-out that did not happen after the answer is made up for by the alarm after so long, ms. */
  fanOutAlarmMs: 1_000,
  /** Fetches of one record before a person is asked: with the back-off below some 45 minutes of a silent sender. */
  maxEnrichFailures: 16,
  /** First back-off after a failed fetch, ms; doubled each time, full jitter. */
  enrichBaseMs: 1_000,
  /** Longest back-off after a failed fetch, ms. */
  enrichCapMs: 900_000,
  /** Answer of a sender's API, bytes: what one webhook may hold, for it becomes the body of the event. */
  maxEnrichAnswerBytes: 1_048_576,
  /** Fetched records kept in an isolate, so that the events of one burst about one record ask once. */
  maxCachedRecords: 200,
  /** How long a fetched record is kept, ms: a minute; its version stands in its key. */
  cachedRecordMs: 60_000,
  /** How long is believed what a running ERP said of itself, ms: 5 minutes. Modules and periods change by a person's hand. */
  instanceTtlMs: 300_000,
  /** How long an ERP that did not say anything of itself is left alone, ms. */
  instanceRetryMs: 30_000,
  /** A reading this old is read again before an operation is refused by it, ms: a burst of refusals asks once. */
  instanceRecheckMs: 5_000,
  /** Modules of one ERP that are kept: large ones have some hundred. */
  maxInstanceModules: 2_000,
  /** A name or a version an ERP says of itself, characters. */
  maxInstanceChars: 200,
  /** Intakes under way shown by one partition: the oldest. */
  maxListedIntakes: 100,
  /** How old an isolate's copy of the registry may be, ms: a revoked key stops within it, and it costs one call a time. */
  registryFreshMs: 3_000,
  /** How old it may be for callers while the registry does not answer, ms; older: 503. The longest a revoked key lives on. */
  registryStaleMs: 10_000,
  /** After a look-up that found nothing the copy is read again where it is older than this, ms: a key just made is found. */
  registryMissMs: 250,
  /** Credentials kept, revoked ones too: with some 400 bytes each the copy stays at 200 KB. */
  maxCredentials: 500,
  /** Secrets in the registry: every source and target of a large relay, with own credentials between them. */
  maxRegistrySecrets: 500,
  /** Fields of one secret, and one value's characters: an RSA key in PEM is some 3,200. */
  maxSecretFields: 16,
  maxSecretCharacters: 16_384,
  /** Sources a credential can be narrowed to, and its grants: each row of a list is compared with all. */
  maxViewEntries: 50,
  /** Longest overlap of a rotation, ms: 30 days. What is needed for longer is a second credential. */
  maxOverlapMs: 30 * 24 * 3600 * 1000,
  /** Default overlap of a rotation, ms: a day, time to bring the new value to where it is used. */
  defaultOverlapMs: 24 * 3600 * 1000,
  /** How exactly the last use of a credential is known, ms: each note is a row written. */
  credentialUseMs: 10 * 60_000,
  /** Acts chained in one step, or read in one page of an export: some 200 KB. */
  auditStepActs: 500,
  /** Refused acts of one caller that one isolate writes to the audit in a minute; beyond, they are log lines. */
  maxRefusedActsPerMinute: 30,
  /** Subscriptions of a relay: each ended delivery is compared with all, and may make a row of work for each. */
  maxSubscriptions: 50,
  /** Targets or entities one subscription names, at most. */
  maxSubscriptionEntries: 50,
  /** A receiver that took nothing for so long is told no more, ms: three days, a weekend with the Monday after it. */
  subscriptionFailingMs: 3 * 24 * 3600 * 1000,
  /** Failures further apart than this are not one, ms: a day, far more than the longest wait between two attempts. */
  subscriptionGapMs: 24 * 3600 * 1000,
  /** A receiver that took nothing for so long is an alert, ms: an hour, longer than a deployment. */
  subscriptionAlertMs: 3600 * 1000,
  /** How often one isolate tells the registry that a receiver fails, ms: each time is a row written. */
  subscriptionNoteMs: 60_000,
  /** Uses an isolate remembers having told: some 100 bytes each. */
  maxNotedUses: 5_000,
  /** Requests a credential may send in `apiWindowMs`, where no setting says otherwise: 100 a second, more than people and most
   * integrations do, and less than one isolate answers. */
  apiRequestsPerMinute: 6_000,
  /** The window of a credential's requests, ms. */
  apiWindowMs: 60_000,
  /** How long a browser may remember a preflight, seconds: a withdrawn origin is out within it. */
  preflightSeconds: 600,
  /** How long the answer to an act with an Idempotency-Key is kept, ms: a day, as callers retry within minutes. */
  keptAnswerMs: 24 * 3600 * 1000,
  /** An act that was begun and has not ended is taken for abandoned after so long, ms: no act takes longer than a minute. */
  abandonedActMs: 5 * 60_000,
  /** A `traceparent` header, characters: 55 in this version of the standard, with room for fields of a later one. */
  maxTraceparentCharacters: 512,
  /** A `tracestate` header, characters: what the standard asks to pass on at least. */
  maxTracestateCharacters: 512,
  /** Members of a `tracestate`, by the standard. */
  maxTracestateMembers: 32,
  /** One attribute of a span, characters: an id or a name. */
  maxSpanAttributeCharacters: 256,
  /** Calls of one attempt told as spans: an operation of many steps makes some ten. */
  maxSpansPerAttempt: 50,
  /** Spans an isolate keeps for the collector, some 500 bytes each; what comes beyond is counted and dropped. */
  maxQueuedSpans: 2_000,
  /** Spans of one export: some 400 KB as JSON, below what collectors take. */
  maxSpansPerExport: 500,
  /** How long spans gather before they are sent, ms: one call for all that an isolate has done in it. */
  spanGatherMs: 1_000,
  /** One export, ms: after the answer an invocation may go on for 30 s. */
  spanExportTimeoutMs: 5_000,
  /** How long a collector that took nothing is left alone, ms. */
  spanPauseMs: 10_000,
  /** Kept answers that are over, removed with each use of a key: more than one use adds. */
  keptAnswersRemovedAtOnce: 20,
  /** An answer that is kept, characters: a D1 row holds 2 MB, and the largest (a page of bulk jobs) is some 600,000. */
  maxKeptAnswerChars: 1_000_000,
} as const;
