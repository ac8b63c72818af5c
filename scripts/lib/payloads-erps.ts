// Realistic payloads of ERPs that send webhooks themselves, by topic. See payloads-samples.ts.

import type { Samples } from './payloads-samples.ts';

const numberOf = (id: string): number => Number(id.replace(/\D/g, '').slice(0, 9)) || 1001;
const company = 'f64eba74-dacd-4854-a584-1834f68cfc3a';

export const erpSamples = {
  frappe: {
    'sales_order.on_submit': ({ id }) => ({
      name: `SAL-ORD-${id}`,
      po_no: id,
      docstatus: 1,
      customer: 'Ada',
    }),
    'item.on_update': ({ id }) => ({ name: id, item_name: 'Anchor' }),
  },
  'business-central': {
    'items.updated': ({ id }) => ({ resource: `api/v2.0/companies(${company})/items(${id})` }),
    'customers.created': ({ id }) => ({ resource: `api/v2.0/companies(${company})/customers(${id})` }),
  },
  odoo: {
    'sale.order.order_confirmed': ({ id }) => ({ _id: numberOf(id), client_order_ref: id, state: 'sale' }),
    'product.product.product_changed': ({ id }) => ({ _id: numberOf(id), default_code: id }),
  },
} satisfies Readonly<Record<string, Samples>>;
