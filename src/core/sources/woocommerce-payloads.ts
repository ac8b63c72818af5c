// Payloads of WooCommerce's webhooks (REST API v3 resources): the documented fields that integrations use.
// Types only. Money is a decimal string, `…_gmt` times are ISO 8601 without a zone and mean GMT.

export type WooMetaData = { readonly id: number; readonly key: string; readonly value: unknown };

export type WooAddress = {
  readonly first_name: string;
  readonly last_name: string;
  readonly company: string;
  readonly address_1: string;
  readonly address_2: string;
  readonly city: string;
  readonly state: string;
  readonly postcode: string;
  readonly country: string;
  readonly phone?: string;
};

export type WooBillingAddress = WooAddress & { readonly email: string };

export type WooTax = { readonly id: number; readonly total: string; readonly subtotal?: string };

export type WooLineItem = {
  readonly id: number;
  readonly name: string;
  readonly product_id: number;
  readonly variation_id: number;
  readonly quantity: number;
  readonly tax_class: string;
  /** Decimal strings, for the whole line: before and after discounts, without tax. */
  readonly subtotal: string;
  readonly subtotal_tax: string;
  readonly total: string;
  readonly total_tax: string;
  readonly taxes: readonly WooTax[];
  readonly sku: string | null;
  /** For one, after discounts, without tax. */
  readonly price: number;
  readonly meta_data: readonly WooMetaData[];
};

export type WooOrder = {
  readonly id: number;
  readonly parent_id: number;
  /** What the customer sees. */
  readonly number: string;
  readonly order_key: string;
  readonly created_via: string;
  readonly status:
    | 'pending'
    | 'processing'
    | 'on-hold'
    | 'completed'
    | 'cancelled'
    | 'refunded'
    | 'failed'
    | 'trash'
    | 'checkout-draft';
  /** ISO 4217. */
  readonly currency: string;
  readonly date_created_gmt: string;
  readonly date_modified_gmt: string;
  readonly date_paid_gmt: string | null;
  readonly date_completed_gmt: string | null;
  readonly prices_include_tax: boolean;
  /** Decimal strings. */
  readonly discount_total: string;
  readonly discount_tax: string;
  readonly shipping_total: string;
  readonly shipping_tax: string;
  readonly cart_tax: string;
  readonly total: string;
  readonly total_tax: string;
  /** 0 for a guest. */
  readonly customer_id: number;
  readonly customer_note: string;
  readonly billing: WooBillingAddress;
  readonly shipping: WooAddress;
  readonly payment_method: string;
  readonly payment_method_title: string;
  readonly transaction_id: string;
  readonly line_items: readonly WooLineItem[];
  readonly tax_lines: readonly {
    readonly id: number;
    readonly rate_code: string;
    readonly rate_id: number;
    readonly label: string;
    readonly compound: boolean;
    readonly tax_total: string;
    readonly shipping_tax_total: string;
    readonly rate_percent?: number;
  }[];
  readonly shipping_lines: readonly {
    readonly id: number;
    readonly method_title: string;
    readonly method_id: string;
    readonly total: string;
    readonly total_tax: string;
    readonly taxes: readonly WooTax[];
  }[];
  readonly fee_lines: readonly {
    readonly id: number;
    readonly name: string;
    readonly total: string;
    readonly total_tax: string;
  }[];
  readonly coupon_lines: readonly {
    readonly id: number;
    readonly code: string;
    readonly discount: string;
    readonly discount_tax: string;
  }[];
  readonly refunds: readonly { readonly id: number; readonly reason: string; readonly total: string }[];
  readonly meta_data: readonly WooMetaData[];
};

/** All that a deleted resource leaves. */
export type WooDeleted = { readonly id: number };

export type WooCustomer = {
  readonly id: number;
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly username: string;
  readonly role: string;
  readonly billing: WooBillingAddress;
  readonly shipping: WooAddress;
  readonly is_paying_customer: boolean;
  readonly date_created_gmt: string | null;
  readonly date_modified_gmt: string | null;
  readonly meta_data: readonly WooMetaData[];
};

export type WooProduct = {
  readonly id: number;
  readonly parent_id: number;
  readonly name: string;
  readonly slug: string;
  readonly type: string;
  readonly status: 'draft' | 'pending' | 'private' | 'publish';
  readonly sku: string;
  /** Decimal strings; empty where there is none. */
  readonly price: string;
  readonly regular_price: string;
  readonly sale_price: string;
  readonly description: string;
  readonly short_description: string;
  readonly tax_status: 'taxable' | 'shipping' | 'none';
  readonly tax_class: string;
  readonly manage_stock: boolean;
  /** Null where stock is not managed. */
  readonly stock_quantity: number | null;
  readonly stock_status: 'instock' | 'outofstock' | 'onbackorder';
  readonly weight: string;
  readonly variations: readonly number[];
  readonly date_created_gmt: string;
  readonly date_modified_gmt: string;
  readonly meta_data: readonly WooMetaData[];
};

export type WooCommerceTopics = {
  readonly 'order.created': WooOrder;
  readonly 'order.updated': WooOrder;
  readonly 'order.deleted': WooDeleted;
  readonly 'customer.created': WooCustomer;
  readonly 'customer.updated': WooCustomer;
  readonly 'product.updated': WooProduct;
};
