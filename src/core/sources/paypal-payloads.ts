// Payloads of PayPal's events: the documented fields that integrations use, named as PayPal names them.
// Types only. Money is a decimal string; times are ISO 8601.

export type PayPalMoney = {
  /** ISO 4217, upper case. */
  readonly currency_code: string;
  /** Decimal. */
  readonly value: string;
};

export type PayPalEvent<Type extends string, Resource> = {
  readonly id: string;
  readonly event_version: string;
  readonly create_time: string;
  readonly resource_type: string;
  readonly resource_version?: string;
  readonly event_type: Type;
  readonly summary: string;
  readonly resource: Resource;
};

export type PayPalRelatedIds = {
  readonly order_id?: string;
  readonly authorization_id?: string;
  readonly capture_id?: string;
};

export type PayPalCapture = {
  readonly id: string;
  readonly status: 'COMPLETED' | 'DECLINED' | 'PARTIALLY_REFUNDED' | 'PENDING' | 'REFUNDED' | 'FAILED';
  readonly amount: PayPalMoney;
  readonly final_capture: boolean;
  /** What the shop wrote: its order's number. */
  readonly custom_id?: string;
  readonly invoice_id?: string;
  readonly seller_receivable_breakdown?: {
    readonly gross_amount: PayPalMoney;
    readonly paypal_fee?: PayPalMoney;
    readonly net_amount?: PayPalMoney;
  };
  readonly supplementary_data?: { readonly related_ids?: PayPalRelatedIds };
  readonly create_time: string;
  readonly update_time: string;
};

export type PayPalRefund = {
  readonly id: string;
  readonly status: 'CANCELLED' | 'FAILED' | 'PENDING' | 'COMPLETED';
  readonly amount: PayPalMoney;
  readonly custom_id?: string;
  readonly invoice_id?: string;
  readonly note_to_payer?: string;
  readonly links: readonly { readonly href: string; readonly rel: string; readonly method?: string }[];
  readonly supplementary_data?: { readonly related_ids?: PayPalRelatedIds };
  readonly create_time: string;
  readonly update_time: string;
};

export type PayPalOrder = {
  readonly id: string;
  readonly intent: 'CAPTURE' | 'AUTHORIZE';
  readonly status: 'CREATED' | 'SAVED' | 'APPROVED' | 'VOIDED' | 'COMPLETED' | 'PAYER_ACTION_REQUIRED';
  readonly purchase_units: readonly {
    readonly reference_id?: string;
    readonly custom_id?: string;
    readonly invoice_id?: string;
    readonly amount: PayPalMoney;
  }[];
  readonly payer?: {
    readonly payer_id?: string;
    readonly email_address?: string;
    readonly name?: { readonly given_name?: string; readonly surname?: string };
  };
  readonly create_time?: string;
  readonly update_time?: string;
};

export type PayPalTopics = {
  readonly 'CHECKOUT.ORDER.APPROVED': PayPalEvent<'CHECKOUT.ORDER.APPROVED', PayPalOrder>;
  readonly 'CHECKOUT.ORDER.COMPLETED': PayPalEvent<'CHECKOUT.ORDER.COMPLETED', PayPalOrder>;
  readonly 'PAYMENT.CAPTURE.COMPLETED': PayPalEvent<'PAYMENT.CAPTURE.COMPLETED', PayPalCapture>;
  readonly 'PAYMENT.CAPTURE.PENDING': PayPalEvent<'PAYMENT.CAPTURE.PENDING', PayPalCapture>;
  readonly 'PAYMENT.CAPTURE.DENIED': PayPalEvent<'PAYMENT.CAPTURE.DENIED', PayPalCapture>;
  readonly 'PAYMENT.CAPTURE.REFUNDED': PayPalEvent<'PAYMENT.CAPTURE.REFUNDED', PayPalRefund>;
};
