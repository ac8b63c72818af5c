// What may be said of an issue, and which alert tells of it.
import { describe, expect, it } from 'vitest';
import {
  alertOfIssue,
  formatIssueId,
  type IssueAct,
  issueActs,
  issueStates,
  mayAct,
  parseIssueId,
  totalsOf,
} from '../../../src/core/issues/issue.ts';

const cause = { target: 'erp', operation: 'sale.confirm', code: '' };

describe('an act on an issue', () => {
  it('never says what is so already, and always ends where it says', () => {
    for (const act of Object.keys(issueActs) as IssueAct[])
      expect(mayAct(act, issueActs[act].to), act).toBe(false);
  });

  it('leads out of every state', () => {
    for (const state of issueStates)
      expect((Object.keys(issueActs) as IssueAct[]).some((act) => mayAct(act, state))).toBe(true);
  });

  it('does not acknowledge what is over or ignored', () => {
    expect(issueStates.filter((state) => mayAct('acknowledge', state))).toEqual(['open']);
  });
});

describe('the alert of an issue', () => {
  it('is its own for a dead letter, a drift and a mismatch, and shared for a refused credential', () => {
    expect(alertOfIssue({ ...cause, reason: 'rejected', code: 'period_closed' })).toEqual({
      ...{ rule: 'dead_letters', cause: 'erp/sale.confirm/rejected/period_closed', own: true },
    });
    expect(alertOfIssue({ ...cause, reason: 'contract_broken' })).toMatchObject({ rule: 'drift', own: true });
    expect(alertOfIssue({ ...cause, reason: 'state_mismatch' })).toMatchObject({ rule: 'state_mismatch' });
    expect(alertOfIssue({ ...cause, reason: 'unauthorized' })).toEqual({
      ...{ rule: 'unauthorized', cause: 'erp', own: false },
    });
  });
});

describe('the totals of an issue', () => {
  it('are over its sources, with the newest message', () => {
    const base = { count: 2, openCount: 1, lastDeliveryId: 'dlv_0_1' };
    expect(
      totalsOf([
        { ...base, source: 'a', firstSeenAt: 5, lastSeenAt: 30, message: 'new' },
        { ...base, source: 'b', firstSeenAt: 1, lastSeenAt: 20, message: 'old' },
      ]),
    ).toMatchObject({ firstSeenAt: 1, lastSeenAt: 30, count: 4, openCount: 2, message: 'new' });
  });
});

describe('the id of an issue', () => {
  it('is read back, and nothing else is one', () => {
    expect(parseIssueId(formatIssueId(12_345))).toBe(12_345);
    for (const text of ['iss_', 'iss_A', 'alr_1', 'iss_1 ', 'iss_0123456789'])
      expect(parseIssueId(text)).toBeNull();
  });
});
