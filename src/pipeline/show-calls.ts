// Part of stage 7: the calls to the ERP that a replay would make. The real attempt runs against a connection that sends its reads and
// stops at its first write, which is shown whole and never leaves. May not write to an ERP, and may not settle or claim anything.

import type { AttemptOutcome, EditedInput } from '../core/delivery.ts';
import { checkBaseUrl, joinPath } from '../core/egress.ts';
import type { ErpAdapter, ErpCallFailure, ErpRequest, ErpResponse } from '../core/erp.ts';
import type { JsonValue } from '../core/json.ts';
import { limits } from '../core/limits.ts';
import type { RelayDefinition } from '../core/relay-definition.ts';
import type { LeasedDelivery } from '../core/sequencer/messages.ts';
import type { TargetDefinition } from '../core/target.ts';
import { perform } from './perform.ts';
import type { Clock, ErpConnections, ErpInstances, OpenErpConnection, TargetControls } from './ports.ts';
import type { Prepared } from './prepare-replay.ts';

export type ShowCallsDependencies = {
  readonly definition: Pick<RelayDefinition, 'sources' | 'targets' | 'findRoute'>;
  readonly connections: ErpConnections;
  readonly instances: ErpInstances;
  readonly targets: Pick<TargetControls, 'view'>;
  readonly clock: Clock;
  /** By target; null: it is not configured. */
  readonly baseUrlOf: (target: string) => string | null;
};

/** `sent` false: it is what would be sent, and was not. */
export type ShownCall = {
  /** Which of the three steps of the operation makes it. */
  readonly step: 'lookup' | 'perform' | 'verify' | 'poll';
  readonly method: string;
  readonly url: string;
  /** What the adapter sends beside the common ones; what carries the credential by its name alone. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonValue;
  readonly sent: boolean;
  readonly status: number | null;
  readonly failure: string | null;
};

/**
 * `first_write`: the last call is the first that would change the ERP; `nothing_to_write`: the attempt would end before one, as
 * `outcome` says; `not_asked`: the ERP was not to be asked, so what depends on its answers is not known; `nothing_to_do`: no attempt
 * would call it.
 */
export type ShownCalls = {
  readonly calls: readonly ShownCall[];
  readonly end: 'first_write' | 'nothing_to_write' | 'not_asked' | 'nothing_to_do';
  /** Why it was not asked. */
  readonly message: string | null;
  readonly outcome: AttemptOutcome | null;
  /** Steps that depend on the answer of the last call. */
  readonly later: readonly string[];
};

const nothing = { calls: [], message: null, outcome: null, later: [] } as const;

export async function showCalls(
  deps: ShowCallsDependencies,
  prepared: Prepared,
  how: {
    readonly would: string;
    readonly kept: Pick<EditedInput, 'input'> | null;
    readonly asksErp: boolean;
  },
): Promise<ShownCalls> {
  const { loaded } = prepared;
  const target = deps.definition.targets.get(loaded.delivery.target);
  const isCalled = how.would === 'perform' || how.would === 'look_up_first';
  if (target === undefined || !isCalled) return { ...nothing, end: 'nothing_to_do' };
  const barred = how.asksErp ? await whyNotAsked(deps, target.id) : 'it was not to be asked';
  const recorder = createRecorder(deps, target, barred === null);
  const isFresh = how.would === 'perform';
  const settlement = await perform(
    {
      rules: { ...deps.definition, targets: new Map([[target.id, recorder.target]]) },
      connections: recorder.connections,
      clock: deps.clock,
      // Asked before a first write only, and none leaves.
      confirm: async () => 'stop',
      ...(barred === null ? { instances: deps.instances } : {}),
    },
    toLeased(prepared, { ...how, isFresh }),
    deps.clock.now() + limits.dryRunReadsMs,
  );
  const { calls, isAtWrite } = recorder.recorded();
  const last = calls.at(-1);
  if (isAtWrite) return { ...nothing, calls, end: 'first_write', later: laterThan(last) };
  // Stopped at a read.
  if (barred !== null && last !== undefined)
    return { ...nothing, calls, end: 'not_asked', message: barred, later: laterThan(last) };
  const outcome = settlement.attempt?.outcome ?? null;
  return { ...nothing, calls, end: 'nothing_to_write', outcome };
}

/** Null: it can be asked. What rests is left alone by a dry run as by deliveries. */
async function whyNotAsked({ targets }: ShowCallsDependencies, id: string): Promise<string | null> {
  try {
    const { pause, circuit, unauthorized } = await targets.view(id);
    if (pause !== null) return 'the target is paused';
    if (circuit.state !== 'closed') return `the circuit of the target is ${circuit.state}`;
    return unauthorized === null ? null : 'the target refuses its credential';
  } catch {
    return 'nobody can say how the target is';
  }
}

/** As a lease of the new delivery would hold it. */
function toLeased(
  { loaded, planned }: Prepared,
  how: { readonly kept: Pick<EditedInput, 'input'> | null; readonly isFresh: boolean },
): LeasedDelivery {
  const { delivery, event, record, payload, ledger } = loaded;
  const { kept, isFresh } = how;
  const unsaid = { actor: '', reason: '' };
  const edited = kept === null ? null : { ...unsaid, input: kept.input };
  return {
    delivery: {
      ...delivery,
      operationKey: delivery.operationKey ?? planned?.operationKey ?? null,
      attemptCount: 0,
      effect: null,
      replay: {
        ...{ of: delivery.id, position: delivery.id, revision: 1, forced: false, ...unsaid, at: 0 },
        edited,
      },
    },
    ...{ event, payload, eventRecordId: record.id, epoch: 0, successorWaits: false },
    // Set by force once more it would have a key that the ledger has not seen.
    ledger: isFresh ? null : ledger,
  };
}

type Step = ShownCall['step'];

const steps: readonly Step[] = ['lookup', 'perform', 'verify'];

/** The rest of its own step, and those after it. */
function laterThan(last: ShownCall | undefined): readonly Step[] {
  return last === undefined || last.step === 'poll' ? steps : steps.slice(steps.indexOf(last.step));
}

function createRecorder(deps: ShowCallsDependencies, target: TargetDefinition, sendsReads: boolean) {
  const calls: ShownCall[] = [];
  let step: Step = 'perform';
  let isStopped = false;
  let isAtWrite = false;
  const open: ErpConnections['open'] = (options): OpenErpConnection => {
    const inner = deps.connections.open({ ...options, target, beforeFirstWrite: async () => 'stop' });
    const send = async (request: ErpRequest): Promise<ErpResponse | ErpCallFailure> => {
      if (isStopped) return stopped;
      const shown = { step, ...toShown(deps, target, request) };
      if (request.write || !sendsReads) {
        isStopped = true;
        isAtWrite = request.write;
        calls.push({ ...shown, sent: false, status: null, failure: null });
        return stopped;
      }
      const answer = await inner.erp.send(request);
      const isAnswer = answer.kind === 'response';
      calls.push({
        ...shown,
        sent: answer.kind !== 'not_sent',
        status: isAnswer ? answer.status : null,
        failure: isAnswer ? null : answer.message,
      });
      return answer;
    };
    return { ...inner, erp: { send }, lastWriteAt: () => null, writeCount: () => 0 };
  };
  const adapter = noting(target.adapter, (next) => {
    step = next;
  });
  return {
    connections: { open },
    target: { ...target, adapter },
    recorded: () => ({ calls, isAtWrite }),
  };
}

const stopped: ErpCallFailure = {
  kind: 'not_sent',
  reason: 'stopped',
  message: 'a dry run sends nothing that could change the ERP',
};

function toShown(
  { baseUrlOf }: ShowCallsDependencies,
  { id, adapter, network }: TargetDefinition,
  request: ErpRequest,
): Pick<ShownCall, 'method' | 'url' | 'headers' | 'body'> {
  const { method, path, query, headers = {}, body, form } = request;
  const base = checkBaseUrl(baseUrlOf(id) ?? '', network);
  const url = base.ok ? joinPath(base.value, path, query) : base;
  return {
    method,
    url: url.ok ? url.value.href : path,
    headers: { ...headers, ...credentialHeaders(adapter) },
    body: body ?? form ?? null,
  };
}

/** Their names: what is in them is the credential. */
function credentialHeaders({ session }: ErpAdapter): Readonly<Record<string, string>> {
  try {
    const names = Object.keys(session.authorize('none'));
    return Object.fromEntries(names.map((name) => [name, '[redacted]']));
  } catch {
    return { authorization: '[redacted]' };
  }
}

/** The adapter, whose steps say when they begin. */
function noting(adapter: ErpAdapter, begins: (step: Step) => void): ErpAdapter {
  const noted = <Given extends readonly unknown[], Answer>(
    step: Step,
    work: (...given: Given) => Answer,
  ): ((...given: Given) => Answer) => {
    return (...given) => {
      begins(step);
      return work(...given);
    };
  };
  const operations = Object.entries(adapter.operations).map(([name, handler]) => {
    if (handler === undefined) return [name, undefined] as const;
    const { poll } = handler;
    const wrapped = {
      ...handler,
      lookup: noted('lookup', handler.lookup.bind(handler)),
      perform: noted('perform', handler.perform.bind(handler)),
      verify: noted('verify', handler.verify.bind(handler)),
      ...(poll === undefined ? {} : { poll: noted('poll', poll.bind(handler)) }),
    };
    return [name, wrapped] as const;
  });
  const batches = Object.entries(adapter.batches ?? {}).map(([name, handler]) => {
    if (handler === undefined) return [name, undefined] as const;
    const wrapped = {
      ...handler,
      lookup: noted('lookup', handler.lookup.bind(handler)),
      perform: noted('perform', handler.perform.bind(handler)),
    };
    return [name, wrapped] as const;
  });
  return { ...adapter, operations: Object.fromEntries(operations), batches: Object.fromEntries(batches) };
}
