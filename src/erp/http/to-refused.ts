// What a call about a credential came to where it did not come through: the ERP refuses the credential, or nobody can say yet.

import type { HttpAnswer } from './read-answer.ts';

export type Refused = { readonly kind: 'refused' | 'unavailable'; readonly message: string };

/** A locked account and an ERP that is down pass; what refuses the credential does not. `unread`: said of an answer without a shape. */
export function toRefused(answer: Exclude<HttpAnswer, { kind: 'answer' }>, unread: string): Refused {
  switch (answer.kind) {
    case 'call_failed': {
      const { kind, message } = answer.failure;
      return { kind: kind === 'unauthorized' ? 'refused' : 'unavailable', message };
    }
    case 'rejected':
      return { kind: 'refused', message: answer.message };
    case 'missing':
    case 'done_before':
      return { kind: 'refused', message: answer.refusal.message };
    case 'contract_broken':
      return { kind: 'unavailable', message: unread };
    default:
      return { kind: 'unavailable', message: answer.message };
  }
}
