// Around stage 5: what a source was not granted is not tried, but dead-lettered with the code not_granted, audited and alerted at
// once. Given the grant, a replay runs it. What is already in doubt, and a job that runs, are looked after all the same: that
// only reads. Decides nothing about grants themselves: core/identity does.

import { limits } from '../core/limits.ts';
import { noticeTarget } from '../core/notice.ts';
import type { LeasedDelivery, Settlement } from '../core/sequencer/messages.ts';
import { rejected } from './classify-failure.ts';
import type { Clock } from './ports.ts';

export type GrantQuestion = {
  readonly source: string;
  readonly operation: string;
  readonly target: string;
};

/** What sources may run, as somebody set it. */
export interface SourceGrants {
  /** `unknown`: nobody can say now. Never throws. */
  check(asked: GrantQuestion): Promise<'granted' | 'refused' | 'unknown'>;
  /** Into the audit and the book of alerts; bounded. Never rejects. */
  noteRefused(
    refused: GrantQuestion & { readonly deliveryId: string; readonly orderingKey: string },
  ): Promise<void>;
}

export type GrantDependencies = {
  /** Absent: every source may run what its routes say. */
  readonly sourceGrants?: SourceGrants;
  readonly clock: Pick<Clock, 'now'>;
};

export async function performIfGranted(
  { sourceGrants, clock }: GrantDependencies,
  leased: LeasedDelivery,
  performIt: () => Promise<Settlement>,
): Promise<Settlement> {
  const { delivery, event, ledger } = leased;
  const { target, operation, id: deliveryId } = delivery;
  const isTold = target === noticeTarget || delivery.publish !== undefined;
  if (sourceGrants === undefined || ledger !== null || isTold) return performIt();
  const asked = { source: event.source, operation, target };
  const answer = await sourceGrants.check(asked);
  if (answer === 'granted') return performIt();
  const base = { deliveryId, orderingKey: event.orderingKey, epoch: leased.epoch, attempt: null };
  if (answer === 'unknown') {
    const notBeforeAt = clock.now() + limits.registryFreshMs;
    return { ...base, result: { kind: 'returned', target, notBeforeAt } };
  }
  await sourceGrants.noteRefused({ ...asked, deliveryId, orderingKey: event.orderingKey });
  const message = `source ${event.source} was not granted ${operation} on ${target}`;
  const outcome = rejected('not_granted', message);
  return {
    ...base,
    result: { kind: 'outcome', outcome, inputHash: null, spent: false, doubtCleared: false },
  };
}
