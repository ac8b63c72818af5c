// What differs between two companies on Business Central, with the defaults of each. Pure data.

export type BusinessCentralOptions = {
  /** The company's id, a GUID: `GET companies` shows it. */
  readonly companyId: string;
  /** ISO 4217, the company's own: what its ledger is kept in. */
  readonly currency: string;
  /**
   * A bound action that releases a sales order, e.g. `Microsoft.NAV.release`. The standard API has none: without an extension
   * that adds one `sale.confirm` is not supported.
   */
  readonly releaseAction?: string;
  /** Number of the item or charge a shipping amount is a line of; absent: an order with one is refused. */
  readonly shippingItem?: string;
  /** Id of the customer payment journal that is the relay's alone: posting posts all that is in it. Needed by `payment.register`. */
  readonly paymentJournalId?: string;
  /** Number of the G/L account that a refund without returned goods goes to; absent: such a refund is refused. */
  readonly refundAccount?: string;
};

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A GUID stands in a path without quotes: anything else could lead elsewhere. */
export function isGuid(text: string): boolean {
  return guid.test(text);
}
