// What a new project can begin with: every sender there is a preset for, and every ERP there is an adapter for. Data only.

import { type OpenSender, openSenders, type Sender } from './open-senders.ts';

/** A sender with a complete mapping: a template, or a file of the relay's own integrations. */
export type MappedSender = Sender & {
  /** Its payments may wait for the sale of a shop: the file sales.ts says of which. */
  readonly isPaying?: true;
};

const mappedSenders = {
  shopify: {
    title: 'Shopify',
    hint: 'orders, cancellations, refunds, customers',
    file: 'shopify',
    value: 'shopifyOrders',
    variable: 'SHOPIFY_WEBHOOK_SECRET',
    send: 'shopify orders/create',
  },
  woocommerce: {
    title: 'WooCommerce',
    hint: 'orders and cancellations',
    file: 'woocommerce',
    value: 'woocommerceOrders',
    variable: 'WOOCOMMERCE_WEBHOOK_SECRET',
    send: 'woocommerce order.created',
  },
  bigcommerce: {
    title: 'BigCommerce',
    hint: 'orders, cancellations, customers',
    file: 'bigcommerce',
    value: 'bigcommerceOrders',
    variable: 'BIGCOMMERCE_CLIENT_SECRET',
    send: 'bigcommerce store/order/created',
    variables: {
      BIGCOMMERCE_API_URL: 'https://api.bigcommerce.com/stores/replace-me',
      BIGCOMMERCE_API_TOKEN: 'replace-me',
    },
  },
  stripe: {
    title: 'Stripe',
    hint: 'payments of orders',
    file: 'stripe',
    value: 'stripePayments',
    variable: 'STRIPE_WEBHOOK_SECRET',
    send: 'stripe payment_intent.succeeded',
  },
  paypal: {
    title: 'PayPal',
    hint: 'payments of orders',
    file: 'paypal',
    value: 'paypalPayments',
    variable: 'PAYPAL_WEBHOOK_ID',
    send: 'paypal PAYMENT.CAPTURE.COMPLETED',
    isPaying: true,
  },
  adyen: {
    title: 'Adyen',
    hint: 'payments of orders',
    file: 'adyen',
    value: 'adyenPayments',
    variable: 'ADYEN_HMAC_KEY',
    send: 'adyen AUTHORISATION',
    isPaying: true,
  },
  square: {
    title: 'Square',
    hint: 'payments of orders',
    file: 'square',
    value: 'squarePayments',
    variable: 'SQUARE_SIGNATURE_KEY',
    send: 'square payment.created',
    url: 'SQUARE_WEBHOOK_URL',
    isPaying: true,
  },
  'mollie-classic': {
    title: 'Mollie, classic',
    hint: 'payments of orders',
    file: 'mollie-classic',
    value: 'molliePayments',
    variable: 'MOLLIE_URL_TOKEN',
    send: 'mollie-classic payment.changed',
    variables: { MOLLIE_API_URL: 'https://api.mollie.com/v2', MOLLIE_API_KEY: 'replace-me' },
    isPaying: true,
  },
  paddle: {
    title: 'Paddle Billing',
    hint: 'payments of orders',
    file: 'paddle',
    value: 'paddlePayments',
    variable: 'PADDLE_WEBHOOK_SECRET',
    send: 'paddle transaction.completed',
    isPaying: true,
  },
  'lemon-squeezy': {
    title: 'Lemon Squeezy',
    hint: 'payments of orders',
    file: 'lemon-squeezy',
    value: 'lemonSqueezyPayments',
    variable: 'LEMON_SQUEEZY_SECRET',
    send: 'lemon-squeezy order_created',
    isPaying: true,
  },
  standard: {
    title: 'Standard Webhooks',
    hint: 'your own systems, Svix, or any service that follows the specification',
    file: 'standard-events',
    value: 'standardEvents',
    variable: 'STANDARD_WEBHOOKS_SECRET',
    send: 'standard order.placed',
  },
  warehouse: {
    title: 'A sender of your own',
    hint: 'signed by HMAC, with ids and types where you say',
    file: 'warehouse',
    value: 'warehouseStock',
    variable: 'WAREHOUSE_WEBHOOK_SECRET',
    send: 'warehouse receipt.completed',
  },
} satisfies Readonly<Record<string, MappedSender>>;

export type SourceChoice = keyof typeof mappedSenders | keyof typeof openSenders;

export const sourceChoices: Readonly<Record<SourceChoice, MappedSender | OpenSender>> = {
  ...mappedSenders,
  ...openSenders,
};

/** Shops whose sales a payment may wait for, and what a payment calls an order of theirs. */
export const shops = {
  shopify: { source: 'shopify', placed: 'orders/create', toId: null },
  woocommerce: { source: 'woocommerce', placed: 'order.created', toId: 'wooId' },
  bigcommerce: { source: 'bigcommerce', placed: 'store/order/created', toId: null },
} satisfies Partial<Readonly<Record<SourceChoice, object>>>;

type Target = {
  readonly title: string;
  readonly hint: string;
  readonly credentials: readonly string[];
  /** Values that run here until the real ones stand there. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Operations of the templates that its adapter does not run: their routes are left out. */
  readonly lacks?: readonly string[];
};

export const targetChoices = {
  sandbox: { title: 'The sandbox ERP', hint: 'runs beside the relay: begin with it', credentials: [] },
  odoo: { title: 'Odoo', hint: 'tested on recorded answers', credentials: ['ODOO_API_KEY'] },
  tryton: {
    title: 'Tryton',
    hint: 'proven on a running one',
    credentials: ['TRYTON_USER', 'TRYTON_PASSWORD'],
  },
  erpnext: {
    title: 'ERPNext',
    hint: 'known from its documentation',
    credentials: ['ERPNEXT_API_KEY', 'ERPNEXT_API_SECRET'],
  },
  'business-central': {
    title: 'Business Central',
    hint: 'known from its documentation; no cancellations, no receipts',
    credentials: ['BC_CLIENT_ID', 'BC_CLIENT_SECRET'],
    variables: { BC_TOKEN_URL: 'https://login.microsoftonline.com/replace-me' },
    lacks: ['saleCancel', 'stockReceive'],
  },
  netsuite: {
    title: 'NetSuite',
    hint: 'known from its documentation; no counted stock',
    credentials: [
      'NETSUITE_ACCOUNT_ID',
      'NETSUITE_CLIENT_ID',
      'NETSUITE_CERTIFICATE_ID',
      'NETSUITE_PRIVATE_KEY',
    ],
    lacks: ['stockSet', 'stockSetMany'],
  },
} satisfies Readonly<Record<string, Target>>;

export type TargetChoice = keyof typeof targetChoices;

export const targetOf = (choice: TargetChoice): Target => targetChoices[choice];

export function isSourceChoice(text: string): text is SourceChoice {
  return Object.hasOwn(sourceChoices, text);
}

export function isTargetChoice(text: string): text is TargetChoice {
  return Object.hasOwn(targetChoices, text);
}

/** Nothing of it is mapped: what comes is kept, and says where to go on. */
export function isOpenSender(choice: SourceChoice): choice is keyof typeof openSenders {
  return Object.hasOwn(openSenders, choice);
}
