// What `GET /sandbox/state` answers, as far as the demo reads it, and the questions it asks of it. Pure.

import type {
  AdjustmentDocument,
  CreditNoteDocument,
  CustomerDocument,
  InvoiceDocument,
  OrderDocument,
  PaymentDocument,
  ReceiptDocument,
} from '../../src/sandbox-erp/documents.ts';
import type { ErpEffect } from '../lib/relay-client.ts';
import type { Duty, Effect } from './demo-order.ts';

export type ErpState = {
  readonly orders: readonly OrderDocument[];
  readonly invoices: readonly InvoiceDocument[];
  readonly payments: readonly PaymentDocument[];
  readonly creditNotes: readonly CreditNoteDocument[];
  readonly receipts: readonly ReceiptDocument[];
  readonly adjustments: readonly AdjustmentDocument[];
  readonly customers: readonly CustomerDocument[];
  readonly stockOnHand: readonly {
    readonly sku: string;
    readonly location: string;
    readonly onHand: number;
    readonly reserved: number;
  }[];
  readonly journalEntries: readonly { readonly documentNumber: string; readonly balanced: boolean }[];
  /** In the order of their commits. */
  readonly operations: readonly ErpEffect[];
  /** Refusals by code. */
  readonly errors: Readonly<Record<string, number>>;
  /** Lists that are not whole. */
  readonly truncated: readonly string[];
};

/** Every entry of the log for this operation and subject. */
export function effectsOf(state: ErpState, { operation, reference }: Effect): readonly ErpEffect[] {
  return state.operations.filter(
    (effect) => effect.operation === operation && effect.reference === reference,
  );
}

/** Of the duty's document, whatever kind it is. */
export type AnyDocument = Readonly<Record<string, unknown>> & {
  readonly documentNumber: string;
  readonly state: string;
};

/** Every document of the duty's list that is about its subject, in whatever state. */
export function documentsOf(
  state: ErpState,
  { list, field, reference }: Pick<Duty, 'list' | 'field' | 'reference'>,
): readonly AnyDocument[] {
  const documents = state[list] as unknown as readonly AnyDocument[];
  return documents.filter((document) => document[field] === reference);
}
