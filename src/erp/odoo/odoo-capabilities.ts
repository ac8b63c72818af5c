// What of Odoo cannot be seen from the adapter's handlers: the modules each operation needs, by their technical names, what is
// refused of it, and which operations were written from Odoo's source without a recorded body.

import type { DeclaredCapabilities } from '../../core/erp-capabilities.ts';

const noWarnings = 'acknowledgeWarnings is not needed: Odoo raises no warnings over its API';
const noDay = 'postingDate is refused: a transfer is posted on the day it is validated';
const place = 'location is one of locations';

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
  'invoice.post_many': {
    modules: ['sale', 'account'],
    limits: ['drafts of a refused batch stay', noWarnings],
  },
  'payment.register': {
    modules: ['account'],
    limits: [
      'a prepayment stands open until invoice.reconcile',
      'method is not looked at: paymentJournal says which',
    ],
  },
  'invoice.reconcile': {
    level: 'documented',
    modules: ['account'],
    limits: ['writeOffUpTo is refused where something is left', 'postingDate is not used: nothing is posted'],
  },
  'credit_note.issue': { modules: ['account'], limits: ['restock is refused'] },
  'period.close': {
    level: 'documented',
    modules: ['account'],
    limits: ['the lock date of the company: it holds for everyone but those with an exception in Odoo'],
  },
  'shipment.deliver': { modules: ['sale_stock'], limits: [noDay, noWarnings] },
  'return.receive': {
    level: 'documented',
    modules: ['sale_stock'],
    limits: ['what comes back is of one delivery', place, noDay],
  },
  'purchase.receive': { modules: ['purchase_stock'], limits: [place, noDay, noWarnings] },
  'stock.receive': { level: 'documented', modules: ['stock'], limits: [place] },
  'stock.set': { modules: ['stock'], limits: [place] },
  'stock.set_many': { modules: ['stock'], limits: [place] },
  'price.set': {
    level: 'documented',
    modules: ['product'],
    limits: ['without priceList the price of the product, in the currency of the company'],
  },
  'customer.upsert': { modules: [] },
};
