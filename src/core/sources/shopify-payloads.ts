// Payloads of Shopify's webhooks, REST shape: the documented fields that integrations use, named as Shopify names them.
// Types only. Money is a decimal string in the shop's currency, times are ISO 8601 with the shop's offset.

import type { WireId } from './wire-id.ts';

export type ShopifyMoney = { readonly amount: string; readonly currency_code: string };
export type ShopifyMoneySet = { readonly shop_money: ShopifyMoney; readonly presentment_money: ShopifyMoney };

export type ShopifyAddress = {
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly name?: string | null;
  readonly company: string | null;
  readonly address1: string | null;
  readonly address2: string | null;
  readonly zip: string | null;
  readonly city: string | null;
  readonly province: string | null;
  readonly province_code: string | null;
  readonly country: string | null;
  readonly country_code: string | null;
  readonly phone: string | null;
};

export type ShopifyTaxLine = {
  readonly title: string;
  /** Decimal string. */
  readonly price: string;
  /** Fraction: 0.2 is 20 %. */
  readonly rate: number;
};

export type ShopifyDiscountAllocation = {
  readonly amount: string;
  readonly discount_application_index: number;
};

export type ShopifyLineItem = {
  readonly id: WireId;
  readonly product_id: WireId | null;
  readonly variant_id: WireId | null;
  readonly sku: string | null;
  readonly title: string;
  readonly variant_title: string | null;
  readonly name: string;
  readonly vendor: string | null;
  readonly quantity: number;
  readonly current_quantity: number;
  /** Decimal string, for one. */
  readonly price: string;
  readonly total_discount: string;
  readonly taxable: boolean;
  readonly requires_shipping: boolean;
  readonly gift_card: boolean;
  readonly grams: number;
  readonly tax_lines: readonly ShopifyTaxLine[];
  readonly discount_allocations: readonly ShopifyDiscountAllocation[];
};

export type ShopifyShippingLine = {
  readonly id: WireId;
  readonly title: string;
  readonly code: string | null;
  /** Decimal strings. */
  readonly price: string;
  readonly discounted_price: string;
  readonly tax_lines: readonly ShopifyTaxLine[];
};

export type ShopifyCustomer = {
  readonly id: WireId;
  readonly email: string | null;
  readonly phone: string | null;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly state: string;
  readonly note: string | null;
  readonly tags: string;
  readonly tax_exempt: boolean;
  readonly currency: string;
  readonly verified_email: boolean;
  readonly default_address?: ShopifyAddress;
  readonly addresses?: readonly ShopifyAddress[];
  readonly admin_graphql_api_id: string;
  readonly created_at: string;
  readonly updated_at: string;
};

export type ShopifyOrder = {
  readonly id: WireId;
  readonly admin_graphql_api_id: string;
  /** What the customer sees, e.g. `#1001`. */
  readonly name: string;
  readonly order_number: number;
  readonly email: string | null;
  readonly phone: string | null;
  readonly note: string | null;
  readonly tags: string;
  readonly test: boolean;
  /** ISO 4217. */
  readonly currency: string;
  readonly presentment_currency: string;
  readonly financial_status:
    | 'pending'
    | 'authorized'
    | 'partially_paid'
    | 'paid'
    | 'partially_refunded'
    | 'refunded'
    | 'voided'
    | null;
  readonly fulfillment_status: 'fulfilled' | 'partial' | 'restocked' | null;
  readonly cancel_reason: string | null;
  readonly cancelled_at: string | null;
  readonly closed_at: string | null;
  readonly created_at: string;
  readonly processed_at: string;
  readonly updated_at: string;
  readonly taxes_included: boolean;
  /** Decimal strings, as ordered. */
  readonly subtotal_price: string;
  readonly total_discounts: string;
  readonly total_line_items_price: string;
  readonly total_tax: string;
  readonly total_price: string;
  readonly total_outstanding: string;
  /** Decimal strings, after edits and refunds. */
  readonly current_subtotal_price: string;
  readonly current_total_tax: string;
  readonly current_total_price: string;
  readonly total_price_set: ShopifyMoneySet;
  readonly total_shipping_price_set: ShopifyMoneySet;
  readonly payment_gateway_names: readonly string[];
  readonly source_name: string;
  readonly discount_codes: readonly {
    readonly code: string;
    readonly amount: string;
    readonly type: string;
  }[];
  readonly note_attributes: readonly { readonly name: string; readonly value: string }[];
  readonly tax_lines: readonly ShopifyTaxLine[];
  readonly line_items: readonly ShopifyLineItem[];
  readonly shipping_lines: readonly ShopifyShippingLine[];
  readonly billing_address?: ShopifyAddress | null;
  readonly shipping_address?: ShopifyAddress | null;
  readonly customer?: ShopifyCustomer | null;
};

export type ShopifyTransaction = {
  readonly id: WireId;
  readonly order_id: WireId;
  readonly parent_id: WireId | null;
  readonly kind: 'authorization' | 'capture' | 'sale' | 'void' | 'refund';
  readonly gateway: string;
  readonly status: 'pending' | 'failure' | 'success' | 'error';
  /** Decimal string. */
  readonly amount: string;
  readonly currency: string;
  readonly created_at: string;
  readonly processed_at: string;
};

export type ShopifyRefundLineItem = {
  readonly id: WireId;
  readonly line_item_id: WireId;
  readonly location_id: WireId | null;
  readonly quantity: number;
  readonly restock_type: 'no_restock' | 'cancel' | 'return' | 'legacy_restock';
  readonly subtotal: number | string;
  readonly total_tax: number | string;
  readonly line_item: ShopifyLineItem;
};

export type ShopifyRefund = {
  readonly id: WireId;
  readonly admin_graphql_api_id: string;
  readonly order_id: WireId;
  readonly note: string | null;
  readonly restock: boolean;
  readonly created_at: string;
  readonly processed_at: string;
  readonly refund_line_items: readonly ShopifyRefundLineItem[];
  readonly transactions: readonly ShopifyTransaction[];
  readonly order_adjustments: readonly {
    readonly id: WireId;
    readonly order_id: WireId;
    readonly refund_id: WireId;
    readonly amount: string;
    readonly tax_amount: string;
    readonly kind: string;
    readonly reason: string;
  }[];
};

export type ShopifyInventoryLevel = {
  readonly inventory_item_id: WireId;
  readonly location_id: WireId;
  /** Null where the item is not tracked. */
  readonly available: number | null;
  readonly updated_at: string;
  readonly admin_graphql_api_id: string;
};

export type ShopifyVariant = {
  readonly id: WireId;
  readonly product_id: WireId;
  readonly inventory_item_id: WireId;
  readonly title: string;
  readonly sku: string | null;
  readonly barcode: string | null;
  /** Decimal string. */
  readonly price: string;
  readonly compare_at_price: string | null;
  readonly taxable: boolean;
  readonly position: number;
  readonly inventory_quantity: number;
  readonly updated_at: string;
};

export type ShopifyProduct = {
  readonly id: WireId;
  readonly admin_graphql_api_id: string;
  readonly title: string;
  readonly handle: string;
  readonly body_html: string | null;
  readonly vendor: string;
  readonly product_type: string;
  readonly status: 'active' | 'archived' | 'draft';
  readonly tags: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly published_at: string | null;
  readonly variants: readonly ShopifyVariant[];
};

export type ShopifyTopics = {
  readonly 'orders/create': ShopifyOrder;
  readonly 'orders/paid': ShopifyOrder;
  readonly 'orders/updated': ShopifyOrder;
  readonly 'orders/cancelled': ShopifyOrder;
  readonly 'refunds/create': ShopifyRefund;
  readonly 'customers/create': ShopifyCustomer;
  readonly 'customers/update': ShopifyCustomer;
  readonly 'inventory_levels/update': ShopifyInventoryLevel;
  readonly 'products/update': ShopifyProduct;
};
