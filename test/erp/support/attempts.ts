// Attempts of one operation by the real perform stage, one after the other as the relay makes them: what an outcome leaves in the
// ledger is what the next attempt starts from, and doubt waits out its quiet time on a clock of the test's.
import type { LedgerEffect } from '../../../src/core/delivery.ts';
import { directSource, toDirectClaim, toDirectPayload } from '../../../src/core/direct-request.ts';
import type { ErpAdapter, ErpConnection } from '../../../src/core/erp.ts';
import type { AnyOperation } from '../../../src/core/operation.ts';
import type { Outcome } from '../../../src/core/outcome.ts';
import type { LeasedDelivery } from '../../../src/core/sequencer/messages.ts';
import type { TargetDefinition } from '../../../src/core/target.ts';
import { perform } from '../../../src/pipeline/perform.ts';
import type { OpenErpConnection } from '../../../src/pipeline/ports.ts';
import { makeDelivery, testTime } from '../../support/records.ts';

export type Work = {
  readonly adapter: ErpAdapter;
  readonly erp: ErpConnection;
  readonly operation: AnyOperation;
  readonly input: unknown;
};

export type Attempts = {
  next(): Promise<Outcome>;
  /** As a relay that knows nothing of what was done before: its ledger is past its horizon, or somebody else did it. */
  forget(): void;
};

const quietMs = 10_000;

export function attemptsOf(work: Work): Attempts {
  const { operation } = work;
  const input = operation.input.parse(work.input);
  const claim = toDirectClaim({
    ...{ hash: 'a1b2', source: directSource, operation, target: 'erp', input, requestId: 'req-1' },
    ...{ batch: undefined, callbackUrl: undefined, now: testTime },
  });
  let now = testTime;
  let ledger: LedgerEffect | null = null;
  const next = async (): Promise<Outcome> => {
    const leased: LeasedDelivery = {
      delivery: makeDelivery({ ...claim.delivery, effect: ledger }),
      ...{ eventRecordId: 'evt_0_1', event: claim.event, payload: toDirectPayload(claim.body) },
      ...{ epoch: 7, ledger, successorWaits: false },
    };
    const { result } = await perform(toDependencies(work, now), leased, now + 600_000);
    if (result.kind !== 'outcome') throw new Error('the attempt was given back');
    const { outcome, doubtCleared } = result;
    if (outcome.effect === 'possible') ledger = { kind: 'possibly_done', since: now };
    else if (doubtCleared) ledger = null;
    now += quietMs;
    return outcome;
  };
  return {
    next,
    forget: () => {
      ledger = null;
    },
  };
}

function toDependencies({ adapter, erp }: Work, now: number) {
  const target: TargetDefinition = {
    ...{ id: 'erp', adapter, baseUrlVariable: null, credentialVariables: {}, network: 'private' },
    ...{ timeoutMs: 5_000, quietMs, experimental: true },
  };
  return {
    rules: { sources: new Map(), targets: new Map([['erp', target]]), findRoute: () => null },
    clock: { now: () => now, wait: async () => {} },
    confirm: async () => 'go' as const,
    connections: { open: () => countWrites(erp, now) },
  };
}

function countWrites(erp: ErpConnection, now: number): OpenErpConnection {
  let writeCount = 0;
  return {
    exchanges: [],
    lastWriteAt: () => (writeCount === 0 ? null : now),
    writeCount: () => writeCount,
    erp: {
      send: async (request) => {
        if (request.write) writeCount += 1;
        return erp.send(request);
      },
    },
  };
}
