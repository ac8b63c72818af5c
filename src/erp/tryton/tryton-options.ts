// How a company has set up its Tryton, as far as the operations have to know. Everything has a default that fits a fresh
// Tryton with one warehouse, one payment method and its products named as here.

export type TrytonOptions = {
  /** Code of the warehouse that sells and receives where the input names none; absent: the only one there is. */
  readonly warehouse?: string;
  /** Name of the invoice payment method whose journal and accounts take payments; absent: the first. */
  readonly paymentMethod?: string;
  /** Code of the party that goods without a purchase order come from. */
  readonly supplier: string;
  /**
   * Codes of the service products that carry what is no line of goods. Their account category decides where it is
   * booked: that of `tax` at the tax account, because the shop has worked the tax out and Tryton must not do it again.
   */
  readonly products: {
    readonly shipping: string;
    readonly discount: string;
    readonly tax: string;
    /** What a credit note gives back beyond its lines. */
    readonly refund: string;
  };
};

export const trytonDefaults: TrytonOptions = {
  supplier: 'HOLDFAST-SUPPLIER',
  products: {
    shipping: 'SHIPPING',
    discount: 'DISCOUNT',
    tax: 'SHOP-TAX',
    refund: 'REFUND',
  },
};
