// Part of stage 5: what an adapter's failure comes to, by what may have been done to the ERP meanwhile. After an earlier
// write of the same operation nothing is certain any more. Pure but for the connection's own counts and the clock.

import type { AdapterFailure, ErpAdapter } from '../core/erp.ts';
import type { JsonValue } from '../core/json.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Clock, OpenErpConnection } from './ports.ts';

/** What one try came to, before it is a settlement. `returned`: untouched, to be leased again. */
export type Tried =
  | { readonly kind: 'returned' }
  | {
      readonly kind: 'outcome';
      readonly outcome: Outcome;
      readonly spent: boolean;
      readonly doubtCleared: boolean;
    };

/** What classifying needs to know of an attempt. */
export type TryContext = {
  readonly adapter: Pick<ErpAdapter, 'name' | 'once'>;
  readonly connection: Pick<OpenErpConnection, 'lastWriteAt' | 'writeCount'>;
  /** Nothing of an earlier attempt reached the ERP after it; null: nothing is in doubt. */
  readonly doubtSince: number | null;
  readonly clock: Pick<Clock, 'now'>;
};

/** A failed look-up leaves the doubt as it is and spends no attempt. */
export function failedLookup(work: TryContext, failure: AdapterFailure): Tried {
  if (failure.kind === 'contract_broken') return unspent({ ...failure, effect: 'none' });
  if (failure.kind === 'call_failed' && failure.failure.kind === 'unauthorized') {
    const { message, ownCredential } = failure.failure;
    return unspent({ kind: 'unauthorized', effect: 'none', message, ...ownMark(ownCredential) });
  }
  if (failure.kind === 'call_failed' && failure.failure.kind === 'not_sent') return notSent(failure.failure);
  const retryAfterMs = failure.kind === 'retryable' ? failure.retryAfterMs : undefined;
  return unspent(inDoubt(work, { reason: 'lookup_failed', message: describe(failure), retryAfterMs }));
}

/** What a failed perform came to. After an earlier write of the same operation nothing is certain any more. */
export function toFailed(work: TryContext, failure: AdapterFailure, unfinished: JsonValue | null): Tried {
  const begun = hasBegun(work, unfinished);
  switch (failure.kind) {
    case 'retryable':
      if (begun)
        return spent(
          inDoubt(work, {
            reason: 'answer_lost',
            message: failure.message,
            retryAfterMs: failure.retryAfterMs,
          }),
        );
      return spent({ ...failure, effect: 'none' });
    case 'answer_lost':
      return spent(inDoubt(work, { reason: 'answer_lost', message: failure.message }));
    case 'rejected':
      return spent({ ...failure, effect: begun ? 'possible' : 'none' });
    case 'contract_broken':
      return spent({ ...failure, effect: hasWritten(work, unfinished) ? 'possible' : 'none' });
    case 'call_failed':
      return toFailedCall(work, failure, { begun, unfinished });
  }
}

function toFailedCall(
  work: TryContext,
  { failure }: Extract<AdapterFailure, { kind: 'call_failed' }>,
  state: { readonly begun: boolean; readonly unfinished: JsonValue | null },
): Tried {
  switch (failure.kind) {
    case 'unauthorized':
      return spent({
        kind: 'unauthorized',
        effect: state.begun ? 'possible' : 'none',
        message: failure.message,
        ...ownMark(failure.ownCredential),
      });
    case 'not_sent':
      if (!hasWritten(work, state.unfinished)) return notSent(failure);
      return spent(inDoubt(work, { reason: 'answer_lost', message: failure.message }));
    case 'no_answer':
      if (hasWritten(work, state.unfinished)) {
        const reason = failure.reason === 'timeout' ? 'timeout' : 'connection_lost';
        return spent(inDoubt(work, { reason, message: failure.message }));
      }
      return spent({
        kind: 'retryable',
        effect: 'none',
        reason: 'erp_unavailable',
        message: failure.message,
      });
  }
}

function notSent(failure: { readonly reason: string; readonly message: string }): Tried {
  if (failure.reason === 'egress_refused') return unspent(rejected('egress_refused', failure.message));
  return { kind: 'returned' };
}

export function hasWritten(work: TryContext, unfinished: JsonValue | null): boolean {
  return unfinished !== null || work.connection.lastWriteAt() !== null;
}

/** More than the failing write: an earlier step of the operation is in the ERP. */
function hasBegun(work: TryContext, unfinished: JsonValue | null): boolean {
  return unfinished !== null || work.connection.writeCount() > 1;
}

export function inDoubt(
  work: TryContext,
  why: {
    readonly reason: Extract<Outcome, { kind: 'in_doubt' }>['reason'];
    readonly message: string;
    readonly retryAfterMs?: number | undefined;
    readonly canLookUp?: boolean;
  },
): Outcome {
  return {
    kind: 'in_doubt',
    effect: 'possible',
    reason: why.reason,
    message: why.message,
    lastByteAt: work.connection.lastWriteAt() ?? work.doubtSince ?? work.clock.now(),
    canLookUp: why.canLookUp ?? work.adapter.once !== 'best_effort',
    ...(why.retryAfterMs === undefined ? {} : { retryAfterMs: why.retryAfterMs }),
  };
}

/** What holds a delivery costs no attempt: a person or a recovery lets it go on. */
const heldKinds: ReadonlySet<Outcome['kind']> = new Set([
  'unauthorized',
  'contract_broken',
  'state_mismatch',
]);

export function spent(outcome: Outcome): Tried {
  return { kind: 'outcome', outcome, spent: !heldKinds.has(outcome.kind), doubtCleared: false };
}

export function unspent(outcome: Outcome): Tried {
  return { kind: 'outcome', outcome, spent: false, doubtCleared: false };
}

export function describe(failure: AdapterFailure): string {
  if (failure.kind === 'call_failed') return failure.failure.message;
  if (failure.kind === 'contract_broken') return failure.issues.map((issue) => issue.path).join(', ');
  return failure.message;
}

/** Refused before anything was sent. */
export function rejected(code: string, message: string): Outcome {
  return { kind: 'rejected', effect: 'none', code, message, fieldErrors: [] };
}

/** Whose credential was refused decides who has to wait. */
function ownMark(ownCredential: boolean | undefined): { readonly ownCredential?: true } {
  return ownCredential === true ? { ownCredential: true } : {};
}
