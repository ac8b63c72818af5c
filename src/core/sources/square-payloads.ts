// Payloads of Square's events: the documented fields that integrations use, named as Square names them.
// Types only. Money is an integer in the currency's smallest unit; times are RFC 3339.

export type SquareMoney = {
  readonly amount: number;
  /** ISO 4217, upper case. */
  readonly currency: string;
};

export type SquareEvent<Type extends string, SquareObject> = {
  readonly merchant_id: string;
  readonly location_id?: string;
  readonly type: Type;
  readonly event_id: string;
  readonly created_at: string;
  readonly data: { readonly type: string; readonly id: string; readonly object: SquareObject };
};

export type SquarePayment = {
  readonly id: string;
  readonly status: 'APPROVED' | 'PENDING' | 'COMPLETED' | 'CANCELED' | 'FAILED';
  readonly amount_money: SquareMoney;
  readonly tip_money?: SquareMoney;
  readonly total_money?: SquareMoney;
  readonly refunded_money?: SquareMoney;
  readonly source_type?: string;
  readonly order_id?: string;
  readonly customer_id?: string;
  readonly location_id?: string;
  /** The order's number in the system that took it. */
  readonly reference_id?: string;
  readonly receipt_number?: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly version?: number;
};

export type SquareRefund = {
  readonly id: string;
  readonly status: 'PENDING' | 'COMPLETED' | 'REJECTED' | 'FAILED';
  readonly amount_money: SquareMoney;
  readonly payment_id: string;
  readonly order_id?: string;
  readonly reason?: string;
  readonly created_at: string;
  readonly updated_at: string;
};

/** Thin: the order itself is had from the Orders API. */
export type SquareOrderChange = {
  readonly order_id: string;
  readonly location_id: string;
  readonly state: 'OPEN' | 'COMPLETED' | 'CANCELED' | 'DRAFT';
  readonly version: number;
  readonly created_at: string;
  readonly updated_at?: string;
};

export type SquareInventoryCount = {
  readonly catalog_object_id: string;
  readonly catalog_object_type: string;
  readonly location_id: string;
  /** Decimal. */
  readonly quantity: string;
  readonly state: string;
  readonly calculated_at: string;
};

export type SquareTopics = {
  readonly 'payment.created': SquareEvent<'payment.created', { readonly payment: SquarePayment }>;
  readonly 'payment.updated': SquareEvent<'payment.updated', { readonly payment: SquarePayment }>;
  readonly 'refund.created': SquareEvent<'refund.created', { readonly refund: SquareRefund }>;
  readonly 'refund.updated': SquareEvent<'refund.updated', { readonly refund: SquareRefund }>;
  readonly 'order.created': SquareEvent<'order.created', { readonly order_created: SquareOrderChange }>;
  readonly 'order.updated': SquareEvent<'order.updated', { readonly order_updated: SquareOrderChange }>;
  readonly 'inventory.count.updated': SquareEvent<
    'inventory.count.updated',
    { readonly inventory_counts: readonly SquareInventoryCount[] }
  >;
};
