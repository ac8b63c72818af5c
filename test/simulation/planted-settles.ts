// Planted bugs in what a consumer settles: each changes settlements on their way to the sequencer, and nothing else.

import type { Settlement } from '../../src/core/sequencer/messages.ts';
import type { Sequencer } from '../../src/pipeline/ports.ts';

export function settleAs(port: Sequencer, change: (settlement: Settlement) => Settlement): Sequencer {
  return {
    ...port,
    settle: (request) => port.settle({ ...request, settlements: request.settlements.map(change) }),
  };
}

type OutcomeResult = Extract<Settlement['result'], { kind: 'outcome' }>;

export function chargeGiveBack(settlement: Settlement): Settlement {
  if (settlement.result.kind !== 'returned' || settlement.result.target === null) return settlement;
  const result: OutcomeResult = {
    kind: 'outcome',
    outcome: { kind: 'retryable', effect: 'none', reason: 'erp_unavailable', message: 'turned away' },
    ...{ inputHash: null, spent: true, doubtCleared: false },
  };
  return { ...settlement, result };
}

export function believeJob(settlement: Settlement): Settlement {
  const { result } = settlement;
  if (result.kind !== 'outcome' || result.outcome.kind !== 'accepted') return settlement;
  const { jobRef } = result.outcome;
  const document = { documentId: jobRef, documentNumber: jobRef, state: 'confirmed' };
  return {
    ...settlement,
    result: { ...result, outcome: { kind: 'succeeded', effect: 'done', document } },
  };
}

export function chargeLook(settlement: Settlement): Settlement {
  const { result } = settlement;
  if (result.kind !== 'outcome' || result.outcome.kind !== 'accepted') return settlement;
  return { ...settlement, result: { ...result, spent: true } };
}

export function forgetBrokenEffect(settlement: Settlement): Settlement {
  const { result } = settlement;
  if (result.kind !== 'outcome' || result.outcome.kind !== 'contract_broken') return settlement;
  return {
    ...settlement,
    result: { ...result, outcome: { ...result.outcome, effect: 'none' }, doubtCleared: true },
  };
}
