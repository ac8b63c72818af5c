// An ERP that promises nothing: it may be away, answer late or not at all, commit long after its caller gave up, and it takes
// the same operation twice if it is sent twice. It keeps every document it made, which is what the checks are about.
// The connection fences writes like the real one (src/platform/fetch/erp-connections.ts): deadline, confirm, first byte.

import type { ErpCallFailure, ErpRequest, ErpResponse } from '../../src/core/erp.ts';
import type { JsonValue } from '../../src/core/json.ts';
import type { ErpConnections, OpenErpConnection } from '../../src/pipeline/ports.ts';
import { type Faults, times } from './faults.ts';
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

export function createSimulatedErp(world: World, faults: () => Faults) {
  const documents: SimulatedDocument[] = [];
  /** Operation keys whose period is closed until then. */
  const closedUntil = new Map<string, number>();
  const writesOf = new Map<string, number>();

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
  const write = async (key: string, input: JsonValue): Promise<Answer> => {
    writesOf.set(key, (writesOf.get(key) ?? 0) + 1);
    if (world.chance(faults().erpUnavailable)) return response(503, null);
    if (world.chance(faults().erpRefusesToken)) return response(401, null);
    if (world.now() < (closedUntil.get(key) ?? 0)) return response(422, { error: 'period_closed' });
    const isLate = world.chance(faults().erpLate);
    await world.wait(isLate ? upTo(times.timeoutMs, times.maxCommitMs) : world.between(0, 200));
    const made = commit(key, input);
    return world.chance(faults().erpAnswerLost) ? 'lost' : response(201, { ...made });
  };
  const read = async (key: string): Promise<Answer> => {
    if (world.chance(faults().erpUnavailable)) return response(503, null);
    const found = documents.find((document) => document.key === key);
    // Read now, told later: what comes to be meanwhile is not in the answer.
    if (world.chance(faults().erpLate)) await world.wait(upTo(0, times.timeoutMs - 3 * times.latencyMs));
    return found === undefined ? response(404, null) : response(200, { ...found });
  };
  const transmit = async (request: ErpRequest): Promise<Answer> => {
    await world.wait(world.between(1, times.latencyMs));
    const body = request.body as { readonly key: string; readonly input: JsonValue } | undefined;
    const answer = request.write
      ? await write(body?.key ?? '', body?.input ?? null)
      : await read(request.query?.key ?? '');
    if (answer !== 'lost') await world.wait(world.between(1, times.latencyMs));
    return answer;
  };

  return {
    documents: (): readonly SimulatedDocument[] => documents,
    documentsOf: (key: string) => documents.filter((document) => document.key === key),
    writesOf: (key: string): number => writesOf.get(key) ?? 0,
    closePeriod: (key: string, until: number): void => void closedUntil.set(key, until),
    connectionsOf: (caller: Caller): ErpConnections => ({
      open: (options) => openConnection({ world, faults, caller, transmit }, options),
    }),
  };
}

function openConnection(
  deps: {
    readonly world: World;
    readonly faults: () => Faults;
    readonly caller: Caller;
    readonly transmit: (request: ErpRequest) => Promise<Answer>;
  },
  options: Parameters<ErpConnections['open']>[0],
): OpenErpConnection {
  const { world, faults, caller, transmit } = deps;
  let lastWriteAt: number | null = null;
  let writeCount = 0;
  let cleared = false;

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
    const timedOut = world.wait(options.timeoutMs).then(() => 'timeout' as const);
    const answer = await Promise.race([transmit(request), timedOut]);
    if (!caller.isAlive()) return hang();
    if (typeof answer !== 'string') return answer;
    const reason = answer === 'timeout' ? 'timeout' : 'connection_lost';
    return { kind: 'no_answer', reason, message: answer, lastByteAt: lastWriteAt ?? caller.now() };
  };
  return {
    erp: { send },
    exchanges: [],
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
