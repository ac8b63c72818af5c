// Payloads of Stripe's events: the documented fields that integrations use, named as Stripe names them.
// Types only. Money is an integer in the currency's smallest unit (cents; yen), times are epoch seconds.

export type StripeMetadata = { readonly [key: string]: string | undefined };

export type StripeAddress = {
  readonly line1: string | null;
  readonly line2: string | null;
  readonly postal_code: string | null;
  readonly city: string | null;
  readonly state: string | null;
  /** ISO 3166-1, two letters. */
  readonly country: string | null;
};

export type StripeEvent<Type extends string, StripeObject> = {
  readonly id: string;
  readonly object: 'event';
  readonly api_version: string | null;
  readonly account?: string;
  readonly created: number;
  readonly livemode: boolean;
  readonly pending_webhooks: number;
  readonly request: { readonly id: string | null; readonly idempotency_key: string | null } | null;
  readonly type: Type;
  readonly data: {
    readonly object: StripeObject;
    /** In `….updated` events: what the changed fields were before. */
    readonly previous_attributes?: { readonly [field: string]: unknown };
  };
};

export type StripePaymentIntent = {
  readonly id: string;
  readonly object: 'payment_intent';
  readonly amount: number;
  readonly amount_received: number;
  readonly amount_capturable: number;
  /** ISO 4217, lower case. */
  readonly currency: string;
  readonly customer: string | null;
  readonly description: string | null;
  readonly latest_charge: string | null;
  readonly payment_method: string | null;
  readonly payment_method_types: readonly string[];
  readonly receipt_email: string | null;
  readonly status:
    | 'requires_payment_method'
    | 'requires_confirmation'
    | 'requires_action'
    | 'processing'
    | 'requires_capture'
    | 'canceled'
    | 'succeeded';
  readonly metadata: StripeMetadata;
  readonly created: number;
  readonly livemode: boolean;
};

export type StripeCharge = {
  readonly id: string;
  readonly object: 'charge';
  readonly amount: number;
  readonly amount_captured: number;
  /** Total of all refunds up to this event. */
  readonly amount_refunded: number;
  readonly currency: string;
  readonly balance_transaction: string | null;
  readonly billing_details: {
    readonly name: string | null;
    readonly email: string | null;
    readonly phone: string | null;
    readonly address: StripeAddress | null;
  };
  readonly captured: boolean;
  readonly customer: string | null;
  readonly description: string | null;
  readonly invoice?: string | null;
  readonly paid: boolean;
  readonly payment_intent: string | null;
  readonly receipt_email: string | null;
  readonly receipt_url: string | null;
  readonly refunded: boolean;
  readonly status: 'succeeded' | 'pending' | 'failed';
  readonly metadata: StripeMetadata;
  readonly created: number;
  readonly livemode: boolean;
};

export type StripeCheckoutSession = {
  readonly id: string;
  readonly object: 'checkout.session';
  readonly amount_subtotal: number | null;
  readonly amount_total: number | null;
  /** The id the shop gave the session, often its order. */
  readonly client_reference_id: string | null;
  readonly currency: string | null;
  readonly customer: string | null;
  readonly customer_details: {
    readonly name: string | null;
    readonly email: string | null;
    readonly phone: string | null;
    readonly address: StripeAddress | null;
  } | null;
  readonly invoice: string | null;
  readonly mode: 'payment' | 'setup' | 'subscription';
  readonly payment_intent: string | null;
  readonly payment_status: 'paid' | 'unpaid' | 'no_payment_required';
  readonly status: 'open' | 'complete' | 'expired' | null;
  readonly subscription: string | null;
  readonly metadata: StripeMetadata | null;
  readonly created: number;
  readonly livemode: boolean;
};

export type StripeInvoiceLine = {
  readonly id: string;
  readonly object: 'line_item';
  readonly amount: number;
  readonly currency: string;
  readonly description: string | null;
  readonly quantity: number | null;
  readonly period: { readonly start: number; readonly end: number };
  readonly metadata: StripeMetadata;
};

export type StripeInvoice = {
  readonly id: string;
  readonly object: 'invoice';
  readonly number: string | null;
  readonly amount_due: number;
  readonly amount_paid: number;
  readonly amount_remaining: number;
  readonly subtotal: number;
  readonly total: number;
  readonly currency: string;
  readonly customer: string | null;
  readonly customer_email: string | null;
  readonly customer_name: string | null;
  readonly billing_reason: string | null;
  readonly due_date: number | null;
  readonly hosted_invoice_url?: string | null;
  readonly status: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void' | null;
  readonly lines: {
    readonly object: 'list';
    readonly has_more: boolean;
    readonly data: readonly StripeInvoiceLine[];
  };
  readonly metadata: StripeMetadata | null;
  readonly created: number;
  readonly livemode: boolean;
};

export type StripeCustomer = {
  readonly id: string;
  readonly object: 'customer';
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly address: StripeAddress | null;
  readonly shipping: {
    readonly name: string;
    readonly phone: string | null;
    readonly address: StripeAddress;
  } | null;
  readonly description: string | null;
  readonly currency: string | null;
  readonly metadata: StripeMetadata;
  readonly created: number;
  readonly livemode: boolean;
};

type StripeObjects = {
  readonly 'payment_intent.succeeded': StripePaymentIntent;
  readonly 'charge.succeeded': StripeCharge;
  readonly 'charge.refunded': StripeCharge;
  readonly 'checkout.session.completed': StripeCheckoutSession;
  readonly 'invoice.paid': StripeInvoice;
  readonly 'customer.created': StripeCustomer;
  readonly 'customer.updated': StripeCustomer;
};

export type StripeTopics = { readonly [Type in keyof StripeObjects]: StripeEvent<Type, StripeObjects[Type]> };
