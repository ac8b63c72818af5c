// Further operations of the ERPs whose documents a test can count: what has to be there before each, and the documents it leaves.
import type { ErpAdapter, ErpConnection } from '../../../src/core/erp.ts';
import { createBusinessCentralAdapter } from '../../../src/erp/business-central/business-central-adapter.ts';
import { createErpnextAdapter } from '../../../src/erp/erpnext/erpnext-adapter.ts';
import { createNetsuiteAdapter } from '../../../src/erp/netsuite/netsuite-adapter.ts';
import {
  sale as bcSale,
  companyId,
  paymentJournalId,
  startCompany,
} from '../business-central/support/fake-company.ts';
import { sale as erpnextSale, startSite } from '../erpnext/support/fake-site.ts';
import { sale as netsuiteSale, startAccount } from '../netsuite/support/fake-account.ts';
import { credited, order, paid } from '../odoo/support/odoo-inputs.ts';
import { createWorld } from '../odoo/support/odoo-world.ts';
import { scriptedConnection } from '../rest/support/scripted-connection.ts';
import { customer } from '../sandbox/support/operation-cases.ts';

type Step = readonly [name: string, input: object];

export type Further = {
  readonly erpName: string;
  readonly what: string;
  readonly adapter: ErpAdapter;
  /** A fresh ERP. */
  start(): { readonly erp: ErpConnection; readonly count: () => number };
  /** Operations done before. */
  readonly before: readonly Step[];
  readonly step: Step;
};

type Told = { readonly what?: string; readonly before: readonly Step[]; readonly step: Step };

const whatOf = ({ what, step: [name] }: Told): string => what ?? name;

// biome-ignore lint/suspicious/noExplicitAny: rows of many models
type Row = Record<string, any>;

const odooSale: Step = ['sale.confirm', order];
const odooInvoice: Step = ['invoice.post', { orderId: '1001' }];
const prepaid: Step = ['payment.register', paid];

const odooCases: readonly (Told & { readonly model: string; readonly fits?: (row: Row) => boolean })[] = [
  { before: [odooSale], step: ['sale.cancel', { orderId: '1001' }], model: 'sale.order' },
  { before: [odooSale], step: odooInvoice, model: 'account.move' },
  { before: [odooSale, odooInvoice], step: prepaid, model: 'account.payment' },
  { what: 'a prepayment', before: [odooSale], step: prepaid, model: 'account.payment' },
  {
    before: [odooSale, prepaid, odooInvoice],
    step: ['invoice.reconcile', { paymentId: 'pi_1', orderId: '1001', currency: 'EUR' }],
    ...{ model: 'account.payment', fits: (row) => row.reconciled_invoice_ids.length === 1 },
  },
  {
    what: 'credit_note.issue of a part',
    before: [odooSale, odooInvoice],
    step: ['credit_note.issue', { ...credited, amount: '12.00' }],
    ...{ model: 'account.move', fits: (row) => row.move_type === 'out_refund' && row.amount_total === 12 },
  },
  {
    before: [],
    step: ['stock.set', { sku: 'SKU-1', quantity: 100 }],
    ...{ model: 'stock.quant', fits: (row) => row.quantity === 100 },
  },
  {
    before: [],
    step: ['stock.receive', { receiptId: 'asn-5', lines: [{ sku: 'SKU-1', quantity: 6 }] }],
    ...{ model: 'stock.move', fits: (row) => row.state === 'done' && row.quantity === 6 },
  },
  {
    before: [],
    step: [
      'purchase.receive',
      {
        ...{ receiptId: 'asn-6', purchaseOrder: 'P00001', backorder: 'create' },
        lines: [{ sku: 'SKU-1', quantity: 6 }],
      },
    ],
    ...{ model: 'stock.move', fits: (row) => row.state === 'done' && row.quantity === 6 },
  },
  {
    before: [odooSale],
    step: [
      'return.receive',
      {
        ...{ returnId: 'rma-1', orderId: '1001' },
        lines: [{ lineId: '1', sku: 'SKU-2', quantity: 2, disposition: 'restock' }],
      },
    ],
    ...{ model: 'stock.picking', fits: (row) => row.return_id !== undefined && row.state === 'done' },
  },
  {
    before: [],
    step: ['price.set', { sku: 'SKU-1', currency: 'EUR', price: '2.50' }],
    ...{ model: 'product.product', fits: (row) => row.lst_price === 2.5 },
  },
  {
    before: [],
    step: ['period.close', { through: '2026-10-31' }],
    ...{ model: 'res.company', fits: (row) => row.fiscalyear_lock_date === '2026-10-31' },
  },
  { before: [], step: ['customer.upsert', customer], model: 'res.partner' },
];

/** A purchase that is expected, a delivery that has left, and a way for goods to come in. */
function startOdoo(api: 'json2' | 'jsonrpc') {
  const world = createWorld(api);
  world.odoo.rows['purchase.order'] = [{ id: 1, name: 'P00001', state: 'purchase' }];
  world.odoo.rows['stock.picking'] = [
    { id: 5, name: 'WH/IN/00001', state: 'assigned', origin: 'P00001', picking_type_code: 'incoming' },
    { id: 6, name: 'WH/OUT/00001', state: 'done', origin: 'S00001', picking_type_code: 'outgoing' },
  ];
  world.odoo.rows['stock.move'] = [
    { id: 9, picking_id: [5, ''], product_id: [1, ''], product_uom_qty: 10 },
    { id: 10, picking_id: [6, ''], product_id: [2, ''], quantity: 3, state: 'done' },
  ];
  world.odoo.rows['stock.picking.type'] = [
    { id: 1, code: 'incoming', default_location_src_id: [4, ''], default_location_dest_id: [8, ''] },
  ];
  return world;
}

const onOdoo = (['json2', 'jsonrpc'] as const).flatMap((api) =>
  odooCases.map((told): Further => {
    const { model, fits = () => true, before, step } = told;
    return {
      ...{ erpName: `odoo over ${api}`, what: whatOf(told), before, step, adapter: createWorld(api).adapter },
      start: () => {
        const { odoo } = startOdoo(api);
        return { erp: odoo, count: () => (odoo.rows[model] ?? []).filter(fits).length };
      },
    };
  }),
);

const sold: Step = ['sale.confirm', erpnextSale];
const invoiced: Step = ['invoice.post', { orderId: '450789469' }];
const goods = [{ sku: 'SKU-1', quantity: 1 }];

const erpnextCases: readonly (Told & { readonly doctype: string })[] = [
  { before: [sold], step: ['sale.cancel', { orderId: '450789469' }], doctype: 'Sales Order' },
  { before: [sold], step: invoiced, doctype: 'Sales Invoice' },
  {
    before: [sold],
    step: ['shipment.deliver', { shipmentId: 's-1', orderId: '450789469' }],
    doctype: 'Delivery Note',
  },
  { before: [], step: ['stock.receive', { receiptId: 'asn-5', lines: goods }], doctype: 'Stock Entry' },
  { before: [], step: ['stock.set', { sku: 'SKU-1', quantity: 7 }], doctype: 'Bin' },
  {
    before: [],
    step: ['price.set', { sku: 'SKU-1', currency: 'EUR', price: '2.50' }],
    doctype: 'Item Price',
  },
  {
    before: [],
    step: ['customer.upsert', { customerId: 'c-9', name: 'Grace Hopper', email: 'grace@example.test' }],
    doctype: 'Customer',
  },
];

const onErpnext = erpnextCases.map((told): Further => {
  const { doctype, before, step } = told;
  return {
    ...{ erpName: 'erpnext', what: whatOf(told), before, step },
    adapter: createErpnextAdapter({ company: 'Acme', defaultWarehouse: 'Stores - A' }),
    start: () => {
      const { documents, answer } = startSite();
      const count = () => [...documents.keys()].filter((key) => key.startsWith(`${doctype}/`)).length;
      return { erp: scriptedConnection(answer), count };
    },
  };
});

const bcSold: Step = ['sale.confirm', bcSale];
const money = { orderId: '450789469', amount: '20.00', currency: 'EUR' };
const payment: Step = ['payment.register', { ...money, paymentId: 'pi_3N', paidAt: '2026-11-24T10:00:00Z' }];
const refund: Step = ['credit_note.issue', { ...money, refundId: 'r-1', amount: '5.00' }];

const bcCases: readonly (Told & { readonly table: string })[] = [
  { before: [bcSold], step: invoiced, table: 'salesInvoices' },
  { before: [bcSold, invoiced], step: payment, table: 'generalLedgerEntries' },
  { before: [bcSold, invoiced], step: refund, table: 'salesCreditMemos' },
  { before: [], step: ['customer.upsert', { customerId: 'C-9', name: 'Grace Hopper' }], table: 'customers' },
];

const onBusinessCentral = bcCases.map((told): Further => {
  const { table, before, step } = told;
  return {
    ...{ erpName: 'business_central', what: whatOf(told), before, step },
    adapter: createBusinessCentralAdapter({
      ...{ companyId, currency: 'EUR', releaseAction: 'Microsoft.NAV.release' },
      ...{ paymentJournalId, refundAccount: '6910' },
    }),
    start: () => {
      const company = startCompany();
      return { erp: scriptedConnection(company.answer), count: () => company.rowsOf(table).length };
    },
  };
});

const netsuiteSold: Step = ['sale.confirm', netsuiteSale];

const netsuiteCases: readonly (Told & { readonly type: string })[] = [
  { before: [netsuiteSold], step: ['sale.cancel', { orderId: '450789469' }], type: 'salesOrder' },
  { before: [netsuiteSold], step: invoiced, type: 'invoice' },
  { before: [netsuiteSold, invoiced], step: payment, type: 'customerPayment' },
  { what: 'a prepayment', before: [netsuiteSold], step: payment, type: 'customerDeposit' },
  {
    before: [netsuiteSold, payment, invoiced],
    step: ['invoice.reconcile', { paymentId: 'pi_3N', orderId: '450789469', currency: 'EUR' }],
    type: 'depositApplication',
  },
  { before: [netsuiteSold, invoiced], step: refund, type: 'creditMemo' },
  {
    before: [netsuiteSold],
    step: ['shipment.deliver', { shipmentId: 's-1', orderId: '450789469' }],
    type: 'itemFulfillment',
  },
  { before: [], step: ['stock.receive', { receiptId: 'asn-5', lines: goods }], type: 'inventoryAdjustment' },
  { before: [], step: ['customer.upsert', { customerId: 'c-9', name: 'Grace Hopper' }], type: 'customer' },
];

const onNetsuite = netsuiteCases.map((told): Further => {
  const { type, before, step } = told;
  return {
    ...{ erpName: 'netsuite', what: whatOf(told), before, step },
    adapter: createNetsuiteAdapter({
      ...{ currencies: { EUR: '4' }, refundItem: 'REFUND', adjustmentAccountId: '58' },
    }),
    start: () => {
      const { records, answer } = startAccount();
      const count = () => [...records.keys()].filter((key) => key.startsWith(`${type}/`)).length;
      return { erp: scriptedConnection(answer), count };
    },
  };
});

export const furtherOperations: readonly Further[] = [
  ...onOdoo,
  ...onErpnext,
  ...onBusinessCentral,
  ...onNetsuite,
];
