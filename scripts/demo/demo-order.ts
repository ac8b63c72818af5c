// An order of the demo, whoever sends it, and the duties it puts on the ERP: what must be there in the end, how often,
// and after what. Pure data; it knows neither the relay nor a payload.

import { fromCents, type PayloadLine, totalCents } from '../lib/payload-line.ts';

export type DemoOrder = {
  /** What the lines of the demo call it: `#1001`. */
  readonly label: string;
  readonly sender: 'Shopify' | 'WooCommerce' | 'Standard';
  /** As its sender writes it. */
  readonly wireId: number | string;
  /** As the ERP has it. */
  readonly orderId: string;
  readonly customer: DemoCustomer;
  readonly lines: readonly PayloadLine[];
  readonly isCancelled?: boolean;
  readonly isInvoiced?: boolean;
  /** The payment provider's id. */
  readonly paymentId?: string;
  readonly refund?: { readonly id: number; readonly lines: readonly PayloadLine[] };
};

export type DemoCustomer = {
  readonly wireId: number | string;
  readonly firstName: string;
  readonly lastName: string;
};

export const currency = 'EUR';

export const totalOf = (order: Pick<DemoOrder, 'lines'>): string => fromCents(totalCents(order.lines));
export const nameOf = ({ firstName, lastName }: DemoCustomer): string => `${firstName} ${lastName}`;
export const emailOf = ({ firstName }: DemoCustomer): string => `${firstName.toLowerCase()}@example.com`;

export type OnceOperation =
  | 'sale.confirm'
  | 'sale.cancel'
  | 'invoice.post'
  | 'payment.register'
  | 'credit_note.issue'
  | 'stock.receive';

/** One operation for one subject: the ERP's log of effects must hold it exactly once. */
export type Effect = {
  readonly operation: OnceOperation;
  /** The sender's id of the subject, as the log has it. */
  readonly reference: string;
};

export type DocumentList = 'orders' | 'invoices' | 'payments' | 'creditNotes' | 'receipts';

export type Duty = Effect & {
  /** The document it leaves: exactly one entry of `list` has the reference in `field`, with the values of `want`. */
  readonly list: DocumentList;
  readonly field: string;
  readonly want: Readonly<Record<string, string>>;
  /** What must have been done before it. */
  readonly after: Effect | null;
};

export const effectKey = ({ operation, reference }: Effect): string => `${operation} of ${reference}`;

export function dutiesOf(order: DemoOrder): readonly Duty[] {
  const { orderId, paymentId, refund, isCancelled = false, isInvoiced = false } = order;
  const total = totalOf(order);
  const sale: Effect = { operation: 'sale.confirm', reference: orderId };
  const invoice: Effect = { operation: 'invoice.post', reference: orderId };
  const orderDocument = { list: 'orders', field: 'orderId' } as const;
  const state = isCancelled ? 'cancelled' : 'confirmed';
  const duties: Duty[] = [{ ...sale, ...orderDocument, want: { state, total, currency }, after: null }];
  if (isCancelled) {
    const cancel: Effect = { operation: 'sale.cancel', reference: orderId };
    duties.push({ ...cancel, ...orderDocument, want: { state }, after: sale });
  }
  if (isInvoiced) {
    const want = { state: 'posted', total, currency };
    duties.push({ ...invoice, list: 'invoices', field: 'orderId', want, after: sale });
  }
  if (paymentId !== undefined) {
    const payment: Effect = { operation: 'payment.register', reference: paymentId };
    const want = { state: 'posted', orderId, amount: total, currency };
    duties.push({ ...payment, list: 'payments', field: 'paymentId', want, after: sale });
  }
  if (refund !== undefined) {
    const reference = String(refund.id);
    const want = { state: 'posted', orderId, amount: totalOf(refund), currency };
    const credit: Effect = { operation: 'credit_note.issue', reference };
    duties.push({ ...credit, list: 'creditNotes', field: 'refundId', want, after: invoice });
  }
  return duties;
}
