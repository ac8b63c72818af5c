// An ERP that promises nothing: it may be away, answer late or not at all, commit long after its caller gave up, and it takes
// the same operation twice if it is sent twice. It keeps every document it made, which is what the checks are about.
// The connection fences writes like the real one (src/platform/fetch/erp-connections.ts): deadline, confirm, first byte.

import type { Exchange } from '../../src/core/delivery.ts';
import type { ErpCallFailure, ErpRequest, ErpResponse } from '../../src/core/erp.ts';
import type { JsonValue } from '../../src/core/json.ts';
import type { ErpConnections, OpenErpConnection } from '../../src/pipeline/ports.ts';
import { type Faults, times } from './faults.ts';
import type { GateChecks } from './gate-checks.ts';
import { createBatchBook } from './simulated-batches.ts';
import { hang, type World } from './world.ts';

export type SimulatedDocument = {
  readonly documentId: string;
  readonly key: string;
  readonly input: JsonValue;
  readonly committedAt: number;
};

export type SimulatedErp = ReturnType<typeof createSimulatedErp>;

/** Who sends: an invocation that may be dead by now. */
export type Caller = { readonly name: string; readonly isAlive: () => boolean; readonly now: () => number };

type Answer = ErpResponse | 'lost';

type Written = {
  readonly key: string;
  readonly input: JsonValue;
  /** Of a batch. */
  readonly records?: readonly { readonly key: string; readonly recordId: string }[];
  readonly atomic?: boolean;
};

/** Until when the ERP is away, and until when it answers in another form; epoch ms. */
type Trouble = { readonly from: number; readonly until: number };

/** What the ERP tells of its own accord, and to whom. */
export type ErpListener = {
  readonly jobEnded: (jobRef: string) => void;
  readonly tokenRefused: (target: string) => void;
};

export function createSimulatedErp(
  world: World,
  faults: () => Faults,
  gateChecks: Pick<GateChecks, 'began'>,
) {
  const documents: SimulatedDocument[] = [];
  /** Operation keys whose period is closed until then. */
  const closedUntil = new Map<string, number>();
  const writesOf = new Map<string, number>();
  /** Jobs it has taken, by reference; the document once it is there. */
  const jobs = new Map<string, { readonly key: string; document: SimulatedDocument | null }>();
  let outage: Trouble | null = null;
  let drift: Trouble | null = null;
  let lockOut: (Trouble & { readonly target: string }) | null = null;
  let listener: ErpListener | null = null;

  const isIn = (trouble: Trouble | null): boolean =>
    trouble !== null && trouble.from <= world.now() && world.now() < trouble.until;
  const isAway = (): boolean => isIn(outage) || world.chance(faults().erpUnavailable);
  /** While its answers have drifted, the document's id has another name. */
  const told = (status: number, { documentId, ...rest }: SimulatedDocument): ErpResponse =>
    isIn(drift)
      ? response(status, { docId: documentId, ...rest })
      : response(status, { documentId, ...rest });
  /** It is in its books from now on, and done when its time has come, asked for or not. */
  const takeJob = (key: string, input: JsonValue): ErpResponse => {
    const jobRef = `J${jobs.size + 1}`;
    const job = { key, document: null as SimulatedDocument | null };
    jobs.set(jobRef, job);
    if (world.chance(faults().erpCallsEarly)) world.after(200, () => listener?.jobEnded(jobRef));
    const jobMs = world.chance(0.15) ? times.endlessJobMs : world.between(500, times.maxJobMs);
    world.note(`erp takes ${key} as job ${jobRef}, ${jobMs} ms`);
    world.after(jobMs, () => {
      job.document = commit(key, input);
      if (world.chance(faults().erpCallsBack)) listener?.jobEnded(jobRef);
    });
    return response(202, { jobRef });
  };

  /** As long as may be half of the time: what is promised up to a bound breaks at the bound. */
  const upTo = (low: number, high: number): number => (world.chance(0.5) ? high : world.between(low, high));
  const commit = (key: string, input: JsonValue): SimulatedDocument => {
    const made = {
      documentId: `D${documents.length + 1}`,
      key,
      input,
      committedAt: world.now(),
    };
    documents.push(made);
    world.note(`erp commits ${made.documentId} for ${key}`);
    return made;
  };
  const batches = createBatchBook({
    ...{ world, faults, commit },
    isClosed: (key) => world.now() < (closedUntil.get(key) ?? 0),
    find: (key) => documents.find((document) => document.key === key),
    told: ({ documentId }) => (isIn(drift) ? { docId: documentId } : { documentId }),
  });
  const write = async ({ key, input, records, atomic }: Written): Promise<Answer> => {
    writesOf.set(key, (writesOf.get(key) ?? 0) + 1);
    if (isAway()) return response(503, null);
    if (world.chance(faults().erpRefusesToken)) return response(401, null);
    if (world.now() < (closedUntil.get(key) ?? 0)) return response(422, { error: 'period_closed' });
    const isLate = world.chance(faults().erpLate);
    await world.wait(isLate ? upTo(times.timeoutMs, times.maxCommitMs) : world.between(0, 200));
    if (records !== undefined) {
      const taken = await batches.write(records, atomic === true);
      const isLost = taken === 'lost' || world.chance(faults().erpAnswerLost);
      return isLost ? 'lost' : response(taken.status, taken.json);
    }
    const isJob = key.includes('/stock.set/') && world.chance(faults().erpAccepts);
    const answer = isJob ? takeJob(key, input) : told(201, commit(key, input));
    return world.chance(faults().erpAnswerLost) ? 'lost' : answer;
  };
  const read = async (key: string): Promise<Answer> => {
    if (isAway()) return response(503, null);
    // What it is at it cannot say yet: neither found nor not found.
    const isUnderWay = [...jobs.values()].some((job) => job.key === key && job.document === null);
    if (isUnderWay) return response(503, { error: 'busy' });
    const found = documents.find((document) => document.key === key);
    // Read now, told later: what comes to be meanwhile is not in the answer.
    if (world.chance(faults().erpLate)) await world.wait(upTo(0, times.timeoutMs - 3 * times.latencyMs));
    return found === undefined ? response(404, null) : told(200, found);
  };
  const readBatch = async (records: NonNullable<Written['records']>): Promise<Answer> => {
    if (isAway()) return response(503, null);
    const found = response(200, batches.read(records));
    if (world.chance(faults().erpLate)) await world.wait(upTo(0, times.timeoutMs - 3 * times.latencyMs));
    return found;
  };
  const readJob = (jobRef: string): Answer => {
    if (isAway()) return response(503, null);
    const job = jobs.get(jobRef);
    if (job === undefined) return response(404, null);
    return job.document === null ? response(200, { working: true }) : told(200, job.document);
  };
  const isLockedOut = (target: string): boolean => lockOut?.target === target && isIn(lockOut);
  const transmit = async (request: ErpRequest, target: string): Promise<Answer> => {
    await world.wait(world.between(1, times.latencyMs));
    if (isLockedOut(target)) {
      listener?.tokenRefused(target);
      return response(401, null);
    }
    const { keys = '[]', key = '', jobRef = '' } = request.query ?? {};
    const answer = request.write
      ? await write(request.body as unknown as Written)
      : request.path === '/jobs'
        ? readJob(jobRef)
        : await (request.path === '/batches' ? readBatch(JSON.parse(keys)) : read(key));
    if (answer !== 'lost') await world.wait(world.between(1, times.latencyMs));
    return answer;
  };

  return {
    documents: (): readonly SimulatedDocument[] => documents,
    documentsOf: (key: string) => documents.filter((document) => document.key === key),
    writesOf: (key: string): number => writesOf.get(key) ?? 0,
    beAway: (trouble: Trouble): void => {
      outage = trouble;
    },
    changeAnswers: (trouble: Trouble): void => {
      drift = trouble;
    },
    /** It takes no token of the target's for a while. */
    lockOut: (trouble: Trouble & { readonly target: string }): void => {
      lockOut = trouble;
    },
    listen: (to: ErpListener): void => {
      listener = to;
    },
    closePeriod: (key: string, until: number): void => void closedUntil.set(key, until),
    connectionsOf: (caller: Caller): ErpConnections => ({
      open: (options) => openConnection({ world, faults, caller, transmit, gateChecks }, options),
    }),
  };
}

function openConnection(
  deps: {
    readonly world: World;
    readonly faults: () => Faults;
    readonly caller: Caller;
    readonly transmit: (request: ErpRequest, target: string) => Promise<Answer>;
    readonly gateChecks: Pick<GateChecks, 'began'>;
  },
  options: Parameters<ErpConnections['open']>[0],
): OpenErpConnection {
  const { world, faults, caller, transmit, gateChecks } = deps;
  const { target } = options;
  const calls = gateChecks.began(target);
  const exchanges: Exchange[] = [];
  let lastWriteAt: number | null = null;
  let writeCount = 0;
  let cleared = false;
  let hasStalled = false;

  /** A token comes when it comes: now and then just in time for a write. */
  const untilLastMoment = (): number => {
    const lastMs = options.deadlineAt - caller.now() - options.timeoutMs - 1;
    return world.chance(0.7) ? lastMs : world.between(0, times.leaseMs);
  };
  const clear = async (request: ErpRequest): Promise<ErpCallFailure | null> => {
    const timeLeftMs = options.deadlineAt - caller.now();
    if (request.write ? timeLeftMs <= options.timeoutMs : timeLeftMs <= 0) {
      return notSent('deadline_too_near');
    }
    if (!request.write || cleared) return null;
    if ((await options.beforeFirstWrite()) === 'stop') return notSent('stopped');
    cleared = true;
    if (world.chance(faults().stall)) {
      const stallMs = world.chance(0.5) ? times.maxStallMs : world.between(500, times.maxStallMs);
      world.note(`${caller.name} stalls ${stallMs} ms before its write`);
      await world.wait(stallMs);
      hasStalled = true;
    }
    return null;
  };
  const send = async (request: ErpRequest): Promise<ErpResponse | ErpCallFailure> => {
    if (world.chance(faults().tokenSlow)) await world.wait(untilLastMoment());
    const barred = await clear(request);
    if (!caller.isAlive()) return hang();
    if (barred !== null) return barred;
    if (request.write) {
      writeCount += 1;
      lastWriteAt = caller.now();
    }
    const at = caller.now();
    // A stall is no place of a target's: whoever stalls past its lease is not counted on any more.
    const ended = hasStalled ? () => {} : calls.left();
    const timeLeftMs = Math.max(1, options.deadlineAt - at);
    const timedOut = world.wait(Math.min(options.timeoutMs, timeLeftMs)).then(() => 'timeout' as const);
    const answer = await Promise.race([transmit(request, target.id), timedOut]);
    ended();
    if (!caller.isAlive()) return hang();
    exchanges.push({
      ...{ at, method: request.method, url: request.path, requestBody: null, responseBody: null },
      status: typeof answer === 'string' ? null : answer.status,
      failure: typeof answer === 'string' ? answer : null,
      durationMs: caller.now() - at,
    });
    if (typeof answer !== 'string') return answer;
    const reason = answer === 'timeout' ? 'timeout' : 'connection_lost';
    return { kind: 'no_answer', reason, message: answer, lastByteAt: lastWriteAt ?? caller.now() };
  };
  return {
    erp: { send },
    exchanges,
    lastWriteAt: () => lastWriteAt,
    writeCount: () => writeCount,
  };
}

function notSent(reason: 'deadline_too_near' | 'stopped'): ErpCallFailure {
  return { kind: 'not_sent', reason, message: reason };
}

function response(status: number, json: JsonValue): ErpResponse {
  return { kind: 'response', status, headers: {}, json, text: JSON.stringify(json) };
}
