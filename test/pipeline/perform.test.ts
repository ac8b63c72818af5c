// Stage 5: what every end of an attempt is settled with. Effect, doubt and spent attempts are what the rest stands on.

import { describe, expect, it } from 'vitest';
import type { LeasedDelivery, Settlement } from '../../src/core/sequencer/messages.ts';
import { perform } from '../../src/pipeline/perform.ts';
import { makeDelivery, testTime } from '../support/records.ts';
import { bookedDocument, leasedBooking, type Script, scriptedErp } from '../support/scripted-erp.ts';

const farDeadline = testTime + 60_000;

async function run(script: Script, leased: LeasedDelivery = leasedBooking(), deadlineAt = farDeadline) {
  const { deps, calls } = scriptedErp(script);
  const settlement = await perform(deps, leased, deadlineAt);
  return { calls, settlement, ...outcomeOf(settlement) };
}

function outcomeOf({ result }: Settlement) {
  if (result.kind === 'returned') return { outcome: null, spent: false, doubtCleared: false, returned: true };
  return { outcome: result.outcome, spent: result.spent, doubtCleared: result.doubtCleared, returned: false };
}

function inDoubt(changes: { since?: number; attemptCount?: number } = {}): LeasedDelivery {
  const leased = leasedBooking({
    ledger: { kind: 'possibly_done', since: changes.since ?? testTime - 60_000 },
  });
  return { ...leased, delivery: { ...leased.delivery, attemptCount: changes.attemptCount ?? 1 } };
}

describe('a clean first attempt', () => {
  it('performs and verifies without a look-up and without a confirm', async () => {
    const { calls, outcome, spent } = await run({});
    expect(calls).toEqual(['perform', 'write', 'verify']);
    expect(outcome).toEqual({ kind: 'succeeded', effect: 'done', document: bookedDocument(5) });
    expect(spent).toBe(true);
  });

  it('keeps input, mode and outcome with the attempt', async () => {
    const { settlement } = await run({});
    expect(settlement.attempt).toMatchObject({
      mode: 'perform',
      input: '{"amount":5}',
      outcome: { kind: 'succeeded', effect: 'done' },
    });
  });

  it('is a duplicate where the ERP said that it was done already', async () => {
    const { outcome } = await run({
      perform: { kind: 'performed', answer: bookedDocument(5), already: true },
    });
    expect(outcome).toMatchObject({ kind: 'duplicate', effect: 'done' });
  });
});

describe('what needs no ERP', () => {
  it.each([
    ['a mapping that throws', { fails: true }, 'mapping_failed'],
    ['an input that breaks a rule', { amount: -1 }, 'invalid_input'],
  ])('%s is rejected before any call', async (_, data, code) => {
    const { calls, outcome } = await run({}, leasedBooking({}, data));
    expect(calls).toEqual([]);
    expect(outcome).toMatchObject({ kind: 'rejected', effect: 'none', code });
  });

  it('names the field that broke a rule, and keeps the input that a person will edit', async () => {
    const { outcome, settlement } = await run({}, leasedBooking({}, { amount: 0 }));
    expect(outcome).toMatchObject({ fieldErrors: [{ field: 'amount' }] });
    expect(settlement.attempt).toMatchObject({ input: '{"amount":0}' });
  });

  it('a route that is gone is rejected by its name', async () => {
    const leased = leasedBooking({ delivery: makeDelivery({ routeId: 'gone' }) });
    expect((await run({}, leased)).outcome).toMatchObject({ kind: 'rejected', code: 'route_unknown' });
  });

  it('what the ledger knows was done is a duplicate, nothing is sent and no attempt is spent', async () => {
    const ledger = { kind: 'succeeded', document: bookedDocument(5), inputHash: 'x' } as const;
    const { calls, outcome, spent } = await run({}, leasedBooking({ ledger }));
    expect(calls).toEqual([]);
    expect(outcome).toMatchObject({ kind: 'duplicate', document: bookedDocument(5) });
    expect(spent).toBe(false);
  });

  it('is a duplicate also where the mapping or the rules have come to refuse the event', async () => {
    const ledger = { kind: 'succeeded', document: bookedDocument(5), inputHash: 'x' } as const;
    for (const data of [{ fails: true }, { amount: -1 }]) {
      const { outcome } = await run({}, leasedBooking({ ledger }, data));
      expect(outcome).toMatchObject({ kind: 'duplicate' });
    }
  });

  it('an edited input that asks for something else than what was done is a mismatch', async () => {
    const leased = leasedBooking({
      ledger: { kind: 'succeeded', document: bookedDocument(5), inputHash: 'x' },
    });
    const replay = {
      of: 'dlv_0_1',
      position: 'dlv_0_1',
      revision: 1,
      edited: { input: { amount: 6 }, actor: 'ada', reason: 'typo' },
      forced: false,
      actor: 'ada',
      reason: 'typo',
      at: testTime,
    };
    const { outcome } = await run({}, { ...leased, delivery: { ...leased.delivery, replay } });
    expect(outcome).toMatchObject({
      kind: 'state_mismatch',
      effect: 'none',
      differences: [{ field: 'booked', expected: 6, actual: 5 }],
    });
  });
});

describe('a failure of a clean attempt', () => {
  it.each<[string, { script: Script; expected: object; spent: boolean }]>([
    [
      'refused for now, after its only write',
      {
        script: { perform: { kind: 'retryable', reason: 'rate_limited', message: '429', retryAfterMs: 700 } },
        expected: { kind: 'retryable', effect: 'none', retryAfterMs: 700 },
        spent: true,
      },
    ],
    [
      'refused for now, after an earlier write of the same operation',
      {
        script: { writes: 2, perform: { kind: 'retryable', reason: 'server_error', message: '500' } },
        expected: { kind: 'in_doubt', effect: 'possible', reason: 'answer_lost', lastByteAt: testTime },
        spent: true,
      },
    ],
    [
      'an answer that was lost',
      {
        script: { perform: { kind: 'answer_lost', message: '504' } },
        expected: { kind: 'in_doubt', effect: 'possible' },
        spent: true,
      },
    ],
    [
      'no answer to a write',
      {
        script: {
          perform: {
            kind: 'call_failed',
            failure: { kind: 'no_answer', reason: 'timeout', message: 'late', lastByteAt: testTime },
          },
        },
        expected: { kind: 'in_doubt', reason: 'timeout', effect: 'possible' },
        spent: true,
      },
    ],
    [
      'no answer to a read before any write',
      {
        script: {
          writes: 0,
          perform: {
            kind: 'call_failed',
            failure: { kind: 'no_answer', reason: 'timeout', message: 'late', lastByteAt: testTime },
          },
        },
        expected: { kind: 'retryable', reason: 'erp_unavailable', effect: 'none' },
        spent: true,
      },
    ],
    [
      'refused for good',
      {
        script: { perform: { kind: 'rejected', code: 'period_closed', message: 'closed', fieldErrors: [] } },
        expected: { kind: 'rejected', code: 'period_closed', effect: 'none' },
        spent: true,
      },
    ],
    [
      'refused for good at its second step',
      {
        script: {
          writes: 2,
          perform: { kind: 'rejected', code: 'period_closed', message: 'closed', fieldErrors: [] },
        },
        expected: { kind: 'rejected', effect: 'possible' },
        spent: true,
      },
    ],
    [
      'credentials refused',
      {
        script: {
          writes: 0,
          perform: { kind: 'call_failed', failure: { kind: 'unauthorized', message: 'no' } },
        },
        expected: { kind: 'unauthorized', effect: 'none' },
        spent: false,
      },
    ],
    [
      'a bug of the adapter after a write',
      { script: { perform: 'throws' }, expected: { kind: 'in_doubt', effect: 'possible' }, spent: true },
    ],
    [
      'a bug of the adapter before any write',
      {
        script: { writes: 0, perform: 'throws' },
        expected: { kind: 'retryable', reason: 'adapter_fault', effect: 'none' },
        spent: true,
      },
    ],
    [
      'an answer without a field that is needed',
      {
        script: { perform: { kind: 'performed', answer: { documentId: 'd', state: 'booked', booked: 5 } } },
        expected: {
          kind: 'contract_broken',
          effect: 'done',
          issues: [{ path: '$.documentNumber', actual: 'missing' }],
        },
        spent: false,
      },
    ],
    [
      'a document that is not what was asked for',
      {
        script: { perform: { kind: 'performed', answer: bookedDocument(4) } },
        expected: {
          kind: 'state_mismatch',
          effect: 'done',
          differences: [{ field: 'booked', expected: 5, actual: 4 }],
        },
        spent: false,
      },
    ],
    [
      'done, but it cannot be read back',
      {
        script: { verify: { kind: 'retryable', reason: 'server_error', message: '500' } },
        expected: { kind: 'in_doubt', effect: 'possible', reason: 'answer_lost' },
        spent: true,
      },
    ],
  ])('%s', async (_, { script, expected, spent }) => {
    const end = await run(script);
    expect(end.outcome).toMatchObject(expected);
    expect(end.spent).toBe(spent);
  });
});

describe('fencing', () => {
  it('starts no write that cannot end before the deadline, and gives the delivery back', async () => {
    const { calls, returned } = await run({}, leasedBooking(), testTime + 900);
    expect(calls).toEqual(['perform']);
    expect(returned).toBe(true);
  });

  it('asks for the go-ahead right before the first write of an attempt that starts in doubt', async () => {
    const { calls } = await run({}, inDoubt());
    expect(calls).toEqual(['lookup', 'perform', 'confirm', 'write', 'verify']);
  });

  it('gives the delivery back when it is told to stop', async () => {
    const { calls, returned } = await run({ confirm: 'stop' }, inDoubt());
    expect(calls).toEqual(['lookup', 'perform', 'confirm']);
    expect(returned).toBe(true);
  });
});

describe('an attempt that starts in doubt', () => {
  it('counts what it finds at once, sends nothing and spends no attempt', async () => {
    const end = await run(
      { lookup: { kind: 'found', answer: bookedDocument(5) } },
      inDoubt({ since: testTime - 1 }),
    );
    expect(end.calls).toEqual(['lookup', 'verify']);
    expect(end.outcome).toMatchObject({ kind: 'duplicate', effect: 'done' });
    expect(end.spent).toBe(false);
  });

  it('does not believe "not found" before the quiet time is over', async () => {
    const end = await run({}, inDoubt({ since: testTime - 4_000 }));
    expect(end.calls).toEqual(['lookup']);
    expect(end.outcome).toMatchObject({
      kind: 'in_doubt',
      reason: 'quiet_time',
      retryAfterMs: 6_000,
      lastByteAt: testTime - 4_000,
    });
    expect(end.spent).toBe(false);
  });

  it('performs after a conclusive look-up, which clears the doubt', async () => {
    const end = await run({}, inDoubt());
    expect(end.outcome).toMatchObject({ kind: 'succeeded' });
    expect(end).toMatchObject({ spent: true, doubtCleared: true });
  });

  it('does not perform when no attempt is left', async () => {
    const { attempts } = makeDelivery().policy.retry;
    const end = await run({}, inDoubt({ attemptCount: attempts }));
    expect(end.calls).toEqual(['lookup']);
    expect(end.outcome).toMatchObject({ kind: 'retryable', reason: 'not_done', effect: 'none' });
    expect(end).toMatchObject({ spent: false, doubtCleared: true });
  });

  it('goes on with a document that was begun, and never before the quiet time is over', async () => {
    const lookup = { kind: 'unfinished', answer: { step: 1 } } as const;
    expect((await run({ lookup }, inDoubt({ since: testTime - 1 }))).calls).toEqual(['lookup']);
    const end = await run({ lookup }, inDoubt());
    expect(end.calls).toEqual(['lookup', 'perform', 'confirm', 'write', 'verify']);
    expect(end).toMatchObject({ doubtCleared: false });
  });

  it('stays in doubt when the look-up fails', async () => {
    const lookup = { kind: 'retryable', reason: 'server_error', message: '500' } as const;
    const end = await run({ lookup }, inDoubt());
    expect(end.outcome).toMatchObject({
      kind: 'in_doubt',
      reason: 'lookup_failed',
      lastByteAt: testTime - 60_000,
    });
    expect(end.spent).toBe(false);
  });

  it('is left to a person where the adapter cannot look up', async () => {
    const end = await run({ once: 'best_effort' }, inDoubt());
    expect(end.calls).toEqual([]);
    expect(end.outcome).toMatchObject({ kind: 'in_doubt', canLookUp: false });
  });

  it('keeps its doubt when the mapping has come to fail meanwhile', async () => {
    const leased = { ...leasedBooking({}, { fails: true }), ledger: inDoubt().ledger };
    const end = await run({}, leased);
    expect(end.outcome).toMatchObject({ kind: 'rejected', code: 'mapping_failed', effect: 'none' });
    expect(end).toMatchObject({ spent: false, doubtCleared: false });
  });
});
