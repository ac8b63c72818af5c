// What differs between two NetSuite accounts, with the defaults of each. Pure data.

export type NetsuiteOptions = {
  /** Internal id of each currency, by its ISO code: `{ EUR: '4' }`. One that is missing is refused. */
  readonly currencies: Readonly<Record<string, string>>;
  /** Of new customers and documents in a OneWorld account. */
  readonly subsidiaryId?: string;
  /** Internal id of the location of a receipt that names none, and of those it names. */
  readonly defaultLocationId?: string;
  readonly locations?: Readonly<Record<string, string>>;
  /** Item number of the line a shipping amount or a discount is; absent: an order with one is refused. */
  readonly shippingItem?: string;
  readonly discountItem?: string;
  /** Number of the non-inventory item a refund is a line of. Needed by `credit_note.issue`. */
  readonly refundItem?: string;
  /** Internal id of the account that goods nobody ordered are booked against. Needed by `stock.receive` without a purchase order. */
  readonly adjustmentAccountId?: string;
  /** Documents are made as jobs of NetSuite, with its idempotency key, and asked after. Default: at once. */
  readonly respondAsync?: boolean;
};

/** Ms until a job is worth asking after: a document takes some seconds. */
export const pollAfterMs = 5_000;
