// What a new project can begin with: senders with a complete mapping, and ERPs. Data only.

export const sourceChoices = {
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
  stripe: {
    title: 'Stripe',
    hint: 'payments of orders',
    file: 'stripe',
    value: 'stripePayments',
    variable: 'STRIPE_WEBHOOK_SECRET',
    send: 'stripe payment_intent.succeeded',
  },
  standard: {
    title: 'Standard Webhooks',
    hint: 'your own systems, or any service that follows the specification',
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
} as const;

export type SourceChoice = keyof typeof sourceChoices;

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
} as const;

export type TargetChoice = keyof typeof targetChoices;

export function isSourceChoice(text: string): text is SourceChoice {
  return Object.hasOwn(sourceChoices, text);
}

export function isTargetChoice(text: string): text is TargetChoice {
  return Object.hasOwn(targetChoices, text);
}
