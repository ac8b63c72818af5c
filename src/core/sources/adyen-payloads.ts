// Payloads of Adyen's standard webhooks: one notification item, with the documented fields that integrations use.
// Types only. Money is an integer in the currency's smallest unit; `success` and `live` are texts.

export type AdyenItem<Code extends string> = {
  readonly eventCode: Code;
  readonly pspReference: string;
  /** The payment that a modification changes; absent for a payment itself. */
  readonly originalReference?: string;
  readonly merchantAccountCode: string;
  /** What the shop wrote: its order's number. */
  readonly merchantReference: string;
  readonly amount: {
    readonly value: number;
    /** ISO 4217, upper case. */
    readonly currency: string;
  };
  /** ISO 8601 with a zone. */
  readonly eventDate: string;
  readonly success: 'true' | 'false';
  readonly paymentMethod?: string;
  /** Why it failed; of a payment that did not, its authorisation. */
  readonly reason?: string;
  readonly operations?: readonly string[];
  /** Whatever the account is set up to add. NOT signed. */
  readonly additionalData?: { readonly [name: string]: string | undefined };
  /** Of the envelope. */
  readonly live: 'true' | 'false';
};

type Codes =
  | 'AUTHORISATION'
  | 'CAPTURE'
  | 'CAPTURE_FAILED'
  | 'CANCELLATION'
  | 'CANCEL_OR_REFUND'
  | 'REFUND'
  | 'REFUND_FAILED'
  | 'CHARGEBACK'
  | 'REPORT_AVAILABLE';

export type AdyenTopics = { readonly [Code in Codes]: AdyenItem<Code> };
