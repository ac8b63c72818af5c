// Performing what the ERP finishes later: accepted, asked after, done, refused, forgotten, and never written twice.
import { describe, expect, it } from 'vitest';
import type { OperationHandler, Polled } from '../../src/core/erp.ts';
import type { JsonValue } from '../../src/core/json.ts';
import { saleDocument, tryOnce } from '../support/perform-bench.ts';

function handler(changes: {
  readonly polled?: Polled;
  readonly found?: JsonValue;
  readonly accepts?: boolean;
}): OperationHandler & { readonly performed: () => number } {
  let performed = 0;
  return {
    performed: () => performed,
    lookup: async () =>
      changes.found === undefined ? { kind: 'not_found' } : { kind: 'found', answer: changes.found },
    perform: async () => {
      performed += 1;
      if (changes.accepts === false) return { kind: 'performed', answer: saleDocument };
      return { kind: 'accepted', jobRef: 'job-1', pollAfterMs: 500 };
    },
    verify: async (_call, answer) => ({ kind: 'verified', output: answer }),
    ...(changes.polled === undefined ? {} : { poll: async () => changes.polled as Polled }),
  };
}

const job = { ledger: { kind: 'possibly_done', since: 0, jobRef: 'job-1' }, own: true } as const;

describe('an operation the ERP takes as a job', () => {
  it('is accepted, which spends the attempt', async () => {
    const { settlement } = await tryOnce(handler({}), {});
    expect(settlement.result).toMatchObject({
      outcome: { kind: 'accepted', effect: 'possible', jobRef: 'job-1', pollAfterMs: 500 },
      spent: true,
    });
    expect(settlement.attempt).toMatchObject({ mode: 'perform', outcome: { kind: 'accepted' } });
  });
});

describe('asking after a job', () => {
  it('that still runs spends no attempt and writes no row for it', async () => {
    const erp = handler({ polled: { kind: 'working', pollAfterMs: 700, progress: 0.4 } });
    const { settlement } = await tryOnce(erp, job);
    expect(settlement.result).toMatchObject({
      outcome: { kind: 'accepted', jobRef: 'job-1', pollAfterMs: 700, progress: 0.4 },
      spent: false,
    });
    expect(settlement.attempt).toBeNull();
    expect(erp.performed()).toBe(0);
  });

  it('that is done verifies its document', async () => {
    const { settlement } = await tryOnce(
      handler({ polled: { kind: 'performed', answer: saleDocument } }),
      job,
    );
    expect(settlement.result).toMatchObject({ outcome: { kind: 'succeeded' }, spent: false });
    expect(settlement.attempt).toMatchObject({ mode: 'poll' });
  });

  it('that was refused leaves no doubt behind', async () => {
    const polled = { kind: 'rejected', code: 'period_closed', message: 'closed', fieldErrors: [] } as const;
    const { settlement } = await tryOnce(handler({ polled }), job);
    expect(settlement.result).toMatchObject({
      outcome: { kind: 'rejected', effect: 'none', code: 'period_closed' },
      spent: false,
      doubtCleared: true,
    });
  });

  it('of the delivery it replays performs its own input where that one was refused', async () => {
    const polled = { kind: 'rejected', code: 'period_closed', message: 'closed', fieldErrors: [] } as const;
    const erp = handler({ polled, accepts: false });
    const { settlement } = await tryOnce(erp, { ...job, own: false });
    expect(erp.performed()).toBe(1);
    expect(settlement.result).toMatchObject({ outcome: { kind: 'succeeded' }, doubtCleared: true });
  });

  it('that the ERP has forgotten looks up what it did', async () => {
    const erp = handler({ polled: { kind: 'job_unknown' }, found: saleDocument });
    const { settlement } = await tryOnce(erp, job);
    expect(settlement.result).toMatchObject({ outcome: { kind: 'duplicate' } });
    expect(erp.performed()).toBe(0);
  });

  it('without an answer is a failed look, not a failed job', async () => {
    const polled = { kind: 'retryable', reason: 'erp_unavailable', message: 'away' } as const;
    const { settlement } = await tryOnce(handler({ polled }), job);
    expect(settlement.result).toMatchObject({
      outcome: { kind: 'in_doubt', reason: 'lookup_failed' },
      spent: false,
    });
  });
});
