// What an Odoo instance has that no API tells: its database, and which of its records the operations shall use. Data only.

export type OdooOptions = {
  /**
   * `json2`: Odoo 19 and later. `jsonrpc`: up to 18, and until Odoo 22 takes it away. Absent: `json2`.
   */
  readonly api?: 'json2' | 'jsonrpc';
  /** Compulsory with `jsonrpc`; with `json2` only where one host has several databases. */
  readonly database?: string;
  /** The company (its id) whose locked days count. Absent: the oldest the user sees. */
  readonly company?: number;
  /** The first part of external ids. Absent: `holdfast`. */
  readonly module?: string;
  /** Product whose line carries the shipping of an order, by its internal reference. Without it an order with shipping is refused. */
  readonly shippingSku?: string;
  /** The same for a discount on the whole order. */
  readonly discountSku?: string;
  /** Price lists (their ids) by currency. Without one an order takes the customer's, and another currency is refused. */
  readonly priceLists?: Readonly<Record<string, number>>;
  /** Stock locations (their ids) by the sender's names. */
  readonly locations?: Readonly<Record<string, number>>;
  /** The stock location (its id) where none is named: in a new database 8, `WH/Stock`. */
  readonly stockLocation?: number;
  /** The kind of transfer (its id) that goods nobody ordered come in by. Absent: the oldest that receives. */
  readonly receiptType?: number;
  /** The button of the return wizard: `action_create_returns`, and up to Odoo 17 `create_returns`. */
  readonly returnAction?: 'action_create_returns' | 'create_returns';
  /** The journal (its id) of payments. Absent: the one Odoo proposes. */
  readonly paymentJournal?: number;
  /** The field of a payment that holds its memo: `memo`, and up to Odoo 17 `ref`. */
  readonly paymentMemoField?: 'memo' | 'ref';
  /** How long an API key is used before it is replaced, days: at most half of Odoo's three months. 0: never. Absent: 40. */
  readonly rotateAfterDays?: number;
};

/** What stays absent where it is not given. */
type Optional = 'shippingSku' | 'discountSku' | 'paymentJournal' | 'receiptType' | 'database' | 'company';

export type OdooSettings = Required<Omit<OdooOptions, Optional>> & Pick<OdooOptions, Optional>;

export function toOdooSettings(options: OdooOptions): OdooSettings {
  return {
    ...{ api: 'json2', module: 'holdfast', priceLists: {}, locations: {}, stockLocation: 8 },
    ...{ paymentMemoField: 'memo', returnAction: 'action_create_returns', rotateAfterDays: 40 },
    ...options,
  };
}
