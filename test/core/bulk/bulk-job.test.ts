// How a bulk job changes: counts, ends, failures and estimates; who sees it; and when it may not go on.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BulkJob,
  cancelBulkJob,
  countedBulkJob,
  endBulkJob,
  estimatedEndAt,
  failedStep,
  leftOf,
  restedBulkJob,
  startBulkJob,
  stepActOf,
  withStep,
} from '../../../src/core/bulk/bulk-job.ts';
import { bulkView, seesBulkJob, whyStop } from '../../../src/core/bulk/bulk-view.ts';
import { type AccessView, wholeView } from '../../../src/core/identity/access-view.ts';
import type { Caller } from '../../../src/core/identity/caller.ts';
import type { Scope } from '../../../src/core/identity/scopes.ts';
import { limits } from '../../../src/core/limits.ts';

const now = 1_000_000;

function jobOf(changes: Partial<BulkJob> = {}): BulkJob {
  const starter = { actor: 'crd_1', credentialId: 'crd_1', view: wholeView };
  const asked = { id: 'bulk_1', act: 'replay', as: null, shownFilter: {}, filter: {} } as const;
  return {
    ...startBulkJob({ ...asked, reason: 'a test', ratePerSecond: 10, limit: 1_000, starter }, now),
    ...changes,
  };
}

const answer = fc.record({
  touched: fc.array(fc.record({ deliveryId: fc.string() }), { maxLength: 50 }),
  refused: fc.array(fc.record({ deliveryId: fc.string(), reason: fc.string() }), { maxLength: 50 }),
  last: fc.record({ arrival: fc.nat(), index: fc.nat() }),
  hasMore: fc.boolean(),
});

describe('a bulk job', () => {
  it('counts all that its steps did, names the newest and the first refusals, and never goes back', () => {
    const run = (answers: Parameters<typeof withStep>[1][]) => {
      const jobs = [jobOf()];
      for (const each of answers) jobs.push(withStep(jobs.at(-1) as BulkJob, each, now));
      const last = jobs.at(-1) as BulkJob;
      expect(last.doneCount).toBe(answers.reduce((sum, { touched }) => sum + touched.length, 0));
      expect(last.refusedCount).toBe(answers.reduce((sum, { refused }) => sum + refused.length, 0));
      expect(last.touched).toEqual(
        answers
          .flatMap(({ touched }) => touched)
          .reverse()
          .slice(0, limits.maxBulkListed),
      );
      expect(last.refusals).toEqual(answers.flatMap(({ refused }) => refused).slice(0, limits.maxBulkListed));
      jobs.slice(1).forEach((job, index) => {
        const before = jobs[index] as BulkJob;
        expect(job.cursor.partitionIndex).toBeGreaterThanOrEqual(before.cursor.partitionIndex);
        expect(job.cursor.stepNumber).toBeGreaterThanOrEqual(before.cursor.stepNumber);
      });
    };
    fc.assert(fc.property(fc.array(answer, { maxLength: 12 }), run));
  });

  it('says what it will take, at most as many as it may do, and when that is done', () => {
    const job = countedBulkJob(jobOf({ limit: 25 }), 40, now);
    expect([job.total, leftOf(job), estimatedEndAt(job, now)]).toEqual([25, 25, now + 2_500]);
    expect(estimatedEndAt(jobOf(), now)).toBeNull();
    expect(estimatedEndAt(endBulkJob(job, { status: 'succeeded', now }), now)).toBeNull();
  });

  it('once ended stays as it ended, and takes in what a step under way had done', () => {
    const cancelled = cancelBulkJob(jobOf(), { by: 'olga', note: 'wrong filter', now: now + 5 });
    expect(cancelled).toMatchObject({ status: 'cancelled', finishedAt: now + 5, cancelled: { by: 'olga' } });
    const taken = withStep(
      cancelled,
      { touched: [{ deliveryId: 'dlv_0_1' }], refused: [], last: null, hasMore: false },
      now + 6,
    );
    expect(taken).toMatchObject({ status: 'cancelled', doneCount: 1, finishedAt: now + 5 });
    const problem = { code: 'x', message: 'y' };
    expect(endBulkJob(taken, { status: 'failed', problem, now })).toBe(taken);
    expect(cancelBulkJob(taken, { by: 'ben', note: 'me too', now })).toBe(taken);
  });

  it('waits longer with each failure, forgets them with a success, and is failed after an hour of them', () => {
    const problem = { code: 'sequencer_unavailable', message: 'away' };
    let job = jobOf();
    let at = now;
    const waits: number[] = [];
    while (job.status === 'running' && waits.length < 200) {
      job = failedStep(job, problem, at);
      waits.push(job.nextStepAt - at);
      at = job.nextStepAt;
    }
    expect(waits.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(Math.max(...waits)).toBe(limits.bulkRetryCapMs);
    expect(job).toMatchObject({ status: 'failed', problem });
    expect((job.finishedAt ?? 0) - now).toBeGreaterThanOrEqual(limits.bulkGiveUpMs);
    const mended = restedBulkJob(failedStep(jobOf(), problem, now), now);
    expect([mended.failing, mended.nextStepAt]).toEqual([null, now + limits.bulkStepMs]);
  });

  it.each([
    ['replay', null, 'replayed'],
    ['skip', null, 'dropped'],
    ['resolve', 'dropped', 'dropped'],
    ['resolve', 'done', 'done'],
    ['release', null, 'released'],
  ] as const)('that is to %s (%s) asks for %s', (act, as, wanted) => {
    expect(stepActOf({ act, as })).toBe(wanted);
  });
});

describe('who sees a bulk job', () => {
  const shop: AccessView = { sources: ['shop'], grants: [{ operation: '*', target: 'erp' }] };
  const starter = (view: AccessView) => ({ actor: 'crd_1', credentialId: 'crd_1', view });

  it.each([
    ['of everything, for one who sees everything', {}, wholeView, wholeView, true],
    ['of everything, for one who sees a part', {}, wholeView, shop, false],
    [
      'of their part, started by one who sees everything',
      { source: 'shop', target: 'erp' },
      wholeView,
      shop,
      true,
    ],
    ['of their source at every target', { source: 'shop' }, wholeView, shop, false],
    ['of another source', { source: 'till', target: 'erp' }, wholeView, shop, false],
    ['of everything, started by one who sees the same part', {}, shop, shop, true],
    ['of one target, of one who sees it', { target: 'erp', operation: 'sale.confirm' }, shop, shop, true],
    ['of a target its starter does not see', { target: 'other' }, shop, shop, false],
  ] as const)('%s: %s', (...[, filter, started, view, isSeen]) => {
    const job = { filter, starter: starter(started) };
    expect(seesBulkJob({ actor: 'crd_2', view }, job)).toBe(isSeen);
  });

  it('its starter, whatever it asked for, as long as it sees what it saw', () => {
    const job = { filter: { target: 'other' }, starter: starter(shop) };
    expect(seesBulkJob({ actor: 'crd_1', view: shop }, job)).toBe(true);
    expect(seesBulkJob({ actor: 'crd_1', view: { ...shop, sources: [] } }, job)).toBe(false);
    expect(bulkView(job).grants).toEqual([{ operation: '*', target: 'other' }]);
  });
});

describe('what its starter may still do', () => {
  const scopes: readonly Scope[] = ['deliveries:replay'];
  const caller = (changes: Partial<Caller> = {}) => ({
    kind: 'caller' as const,
    caller: {
      ...{ actor: 'crd_1', credentialId: 'crd_1', keyHash: null, name: 'one' },
      ...{ scopes: new Set(scopes), view: wholeView },
      ...changes,
    },
  });

  it('decides at each step: the scope, all that it saw, and a credential that is good', () => {
    const job = jobOf();
    expect(whyStop(job, caller())).toBeNull();
    expect(whyStop(jobOf({ act: 'skip' }), caller())).toMatchObject({ code: 'scope_missing' });
    expect(whyStop(job, caller({ scopes: new Set() }))).toMatchObject({ code: 'scope_missing' });
    expect(whyStop(job, caller({ view: { sources: ['shop'], grants: null } }))).toMatchObject({
      code: 'view_narrowed',
    });
    const refused = { kind: 'refused', reason: 'revoked', credentialId: 'crd_1' } as const;
    expect(whyStop(job, refused)).toMatchObject({
      code: 'credential_not_active',
      message: expect.stringContaining('revoked'),
    });
  });
});
