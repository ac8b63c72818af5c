// What differs between two ERPNext sites, with the defaults of each. Pure data.

export type ErpnextOptions = {
  /** How the relay proves itself. Default: `token`, an API key and secret without an end. */
  readonly authentication?: 'token' | 'oauth';
  /** The company whose books these are, as ERPNext writes it. Needed by `stock.set`. */
  readonly company?: string;
  /** The custom field (Data, unique, no copy) that holds the operation key. Default: `holdfast_key`. */
  readonly keyField?: string;
  /** Where a shipping amount is booked; absent: an order with one is refused. */
  readonly shippingAccount?: string;
  /** Where a tax amount on top is booked; absent: an order with one is refused. */
  readonly taxAccount?: string;
  /** The warehouse of a location that the input does not name, and the names of those it does. */
  readonly defaultWarehouse?: string;
  readonly warehouses?: Readonly<Record<string, string>>;
  /** Where returned goods go that are not for the shelf; absent: they are refused. */
  readonly scrapWarehouse?: string;
  /** Of prices without a list. Default: `Standard Selling`. */
  readonly priceList?: string;
  /** `mode_of_payment` of a payment, by the input's `method`. */
  readonly modesOfPayment?: Readonly<Record<string, string>>;
};

export type ErpnextSettings = ErpnextOptions &
  Required<
    Pick<ErpnextOptions, 'authentication' | 'keyField' | 'priceList' | 'warehouses' | 'modesOfPayment'>
  >;

export function toErpnextSettings(options: ErpnextOptions): ErpnextSettings {
  return {
    authentication: 'token',
    keyField: 'holdfast_key',
    priceList: 'Standard Selling',
    warehouses: {},
    modesOfPayment: {},
    ...options,
  };
}

/** The warehouse of a location; null: the relay was not told one. */
export function warehouseOf(settings: ErpnextSettings, location: string | undefined): string | null {
  if (location === undefined) return settings.defaultWarehouse ?? null;
  return Object.hasOwn(settings.warehouses, location) ? (settings.warehouses[location] ?? null) : null;
}
