// What of Odoo cannot be seen from the adapter's handlers: the modules each operation needs, by their technical names, and what is
// refused of it.

import type { DeclaredCapabilities } from '../../core/erp-capabilities.ts';

const noWarnings = 'acknowledgeWarnings is not needed: Odoo raises no warnings over its API';

export const odooCapabilities: DeclaredCapabilities = {
  'sale.confirm': {
    modules: ['sale'],
    limits: [
      'taxes are computed by Odoo: another total is refused before the order is confirmed',
      'shippingTotal needs shippingSku, discountTotal needs discountSku',
      'a currency other than the one of the customer needs priceLists',
    ],
  },
  'sale.cancel': { modules: ['sale'] },
  'invoice.post': { modules: ['sale', 'account'], limits: [noWarnings] },
  'payment.register': {
    modules: ['account'],
    limits: [
      'no prepayment: there must be a posted invoice',
      'method is not looked at: paymentJournal says which',
    ],
  },
  'credit_note.issue': { modules: ['account'], limits: ['restock is refused'] },
  'shipment.deliver': { modules: ['sale_stock'], limits: [noWarnings] },
  'purchase.receive': { modules: ['purchase_stock'], limits: ['location is refused', noWarnings] },
  'stock.set': { modules: ['stock'], limits: ['location is one of locations'] },
  'customer.upsert': { modules: [] },
};
