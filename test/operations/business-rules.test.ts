// The business rules that can be known before the call, each with the field it blames.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromMinorUnits } from '../../src/core/money.ts';
import { operations, toFieldErrors } from '../../src/operations/index.ts';
import { type SampleName, sampleInput } from './samples.ts';

/** "field: rule" for every broken rule of the good input with some fields changed; `a.b` and `lines.0.quantity` reach inside. */
function broken(name: SampleName, changes: Record<string, unknown>): string[] {
  const input = sampleInput(name);
  for (const [path, value] of Object.entries(changes)) {
    const parts = path.split('.');
    const last = parts.pop() as string;
    const owner = parts.reduce<Record<string, unknown>>(
      (at, part) => at[part] as Record<string, unknown>,
      input,
    );
    owner[last] = value;
  }
  const parsed = operations[name].input.safeParse(input);
  return parsed.success ? [] : toFieldErrors(parsed.error).map(({ field, rule }) => `${field}: ${rule}`);
}

describe('quantities', () => {
  it('are more than nothing, finite, plausible and no finer than four decimals', () => {
    const at = 'lines[0].quantity';
    const wrong = (quantity: unknown) => broken('stock.receive', { 'lines.0.quantity': quantity });
    expect(wrong(0)).toEqual([`${at}: must be greater than 0`]);
    expect(wrong(-3)).toEqual([`${at}: must be greater than 0`]);
    expect(wrong(Number.NaN)).toEqual([`${at}: must be a number`]);
    expect(wrong('3')).toEqual([`${at}: must be a number`]);
    for (const quantity of [0.00001, 4_006_381_333_931, 0.1 + 0.2]) {
      expect(wrong(quantity)).toEqual([`${at}: must be a number below 1000000000 with at most 4 decimals`]);
    }
    expect(wrong(0.0001)).toEqual([]);
  });

  it('may be nothing in a count, and not less', () => {
    expect(broken('stock.set', { quantity: 0 })).toEqual([]);
    expect(broken('stock.set', { quantity: -1 })).toEqual(['quantity: must not be less than 0']);
  });
});

describe('money', () => {
  it('is exact in the minor unit of its currency', () => {
    expect(broken('payment.register', { amount: '30.051' })).toEqual([
      'amount: must be exact in EUR, which has 2 decimals',
    ]);
    expect(broken('payment.register', { amount: '30.5', currency: 'JPY' })).toEqual([
      'amount: must be exact in JPY, which has no decimals',
    ]);
    expect(broken('payment.register', { amount: '30.051', currency: 'KWD' })).toEqual([]);
  });

  it('is a decimal string and never negative', () => {
    const rule = 'amount: must be a decimal string of 0 or more, such as "29.35"';
    for (const amount of ['-1.00', '1,00', '', 'free', '1e3'])
      expect(broken('payment.register', { amount })).toEqual([rule]);
    expect(broken('payment.register', { amount: 30.05 })).toEqual(['amount: must be a string']);
  });

  it('is more than nothing where it moves', () => {
    expect(broken('payment.register', { amount: '0.00' })).toEqual(['amount: must be greater than 0']);
    expect(broken('credit_note.issue', { amount: '0', lines: [], restock: false })).toEqual([
      'amount: must be greater than 0',
    ]);
  });

  it('names a currency of ISO 4217', () => {
    expect(broken('payment.register', { currency: 'eur' })).toEqual([
      'currency: must be an ISO 4217 currency code such as EUR',
    ]);
  });
});

describe('a sale', () => {
  it('adds up to its total to the last minor unit', () => {
    expect(broken('sale.confirm', { total: '30.06' })).toEqual([
      'total: must be the sum of its parts: lines 21.90 + shipping 4.95 + tax 4.20 - discount 1.00 = 30.05 EUR',
    ]);
  });

  it('names no line twice', () => {
    expect(broken('sale.confirm', { 'lines.1.lineId': '1' })).toEqual([
      'lines[1].lineId: must be unique: lines[0] is "1" too',
    ]);
  });

  it('has lines whose totals are quantity × unitPrice, rounded either way', () => {
    expect(broken('sale.confirm', { 'lines.1.total': '1.99', total: '30.04' })).toEqual([]);
    expect(broken('sale.confirm', { 'lines.1.total': '1.97' })).toEqual([
      'lines[1].total: must be quantity × unitPrice: 0.5 × 3.9900 = 2.00 EUR',
    ]);
  });

  it('has at least one line and at most 500', () => {
    expect(broken('sale.confirm', { lines: [] })).toContain('lines: must have at least one entry');
    const lines = Array.from({ length: 501 }, (_, i) => ({
      lineId: `${i}`,
      sku: 'a',
      quantity: 1,
      unitPrice: '0',
    }));
    expect(broken('sale.confirm', { lines })).toContain('lines: must have at most 500 entries');
  });

  it('holds for any lines that add up, and for none that are off by one minor unit', () => {
    const line = fc.record({ quantity: fc.integer({ min: 1, max: 10_000 }), price: fc.nat(100_000) });
    const lines = fc.array(line, { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(lines, fc.nat(1000), fc.constantFrom('EUR', 'JPY', 'KWD'), (bought, shipping, currency) => {
        const total = bought.reduce((sum, { quantity, price }) => sum + quantity * price, shipping);
        const sale = (claimed: number) => ({
          currency,
          ...{ discountTotal: undefined, taxTotal: undefined },
          lines: bought.map(({ quantity, price }, index) => {
            return { lineId: `${index}`, sku: 'a', quantity, unitPrice: fromMinorUnits(price, currency) };
          }),
          shippingTotal: fromMinorUnits(shipping, currency),
          total: fromMinorUnits(claimed, currency),
        });
        expect(broken('sale.confirm', sale(total))).toEqual([]);
        expect(broken('sale.confirm', sale(total + 1))).toHaveLength(1);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a payment', () => {
  it('names an order or an invoice', () => {
    expect(broken('payment.register', { orderId: undefined })).toEqual([
      'orderId: is required where there is no invoiceNumber',
    ]);
    expect(broken('payment.register', { orderId: undefined, invoiceNumber: 'INV/1' })).toEqual([]);
  });
});

describe('a credit note', () => {
  it('covers its lines and may give back more than them', () => {
    expect(broken('credit_note.issue', { amount: '9.94' })).toEqual([
      'amount: must cover its lines, which come to 9.95 EUR',
    ]);
    expect(broken('credit_note.issue', { amount: '9.95' })).toEqual([]);
  });

  it('names the goods it restocks', () => {
    expect(broken('credit_note.issue', { lines: [] })).toEqual(['lines: must name the goods to restock']);
  });
});

describe('what an ERP would guess', () => {
  it('must be said: what becomes of the rest of a shipment or a receipt', () => {
    expect(broken('shipment.deliver', { backorder: undefined })).toEqual([
      'backorder: is required with lines: "create" keeps the rest open, "cancel" gives it up',
    ]);
    expect(broken('shipment.deliver', { backorder: undefined, lines: undefined })).toEqual([]);
    expect(broken('shipment.deliver', { lines: [] })).toEqual(['lines: must have at least one entry']);
    expect(broken('purchase.receive', { backorder: undefined })).toEqual(['backorder: is required']);
    expect(broken('purchase.receive', { backorder: 'maybe' })).toEqual([
      'backorder: must be "create" or "cancel"',
    ]);
  });

  it('has a word for a locked day, and one for each warning', () => {
    expect(broken('invoice.post', { whenLocked: 'today' })).toEqual([
      'whenLocked: must be "reject" or "next_open_day"',
    ]);
    expect(broken('period.close', { acknowledgeWarnings: ['All of them!'] })).toEqual([
      'acknowledgeWarnings[0]: must be the code of a warning such as price_below_cost',
    ]);
    expect(broken('period.close', { acknowledgeWarnings: ['draft_documents'] })).toEqual([]);
    const many = Array.from({ length: 21 }, (_, i) => `warning_${i}`);
    expect(broken('period.close', { acknowledgeWarnings: many })).toEqual([
      'acknowledgeWarnings: must have at most 20 entries',
    ]);
  });

  it('has a word for what comes back and for what a credit gives back beyond its lines', () => {
    expect(broken('return.receive', { 'lines.0.disposition': undefined })).toEqual([
      'lines[0].disposition: is required',
    ]);
    expect(broken('credit_note.issue', { remainder: 'tip' })).toEqual([
      'remainder: must be "shipping" or "goodwill"',
    ]);
  });
});

describe('lines of goods', () => {
  it('name each line or SKU once', () => {
    const line = { sku: 'SKU-1', quantity: 1 };
    expect(broken('purchase.receive', { lines: [line, line] })).toEqual([
      'lines[1].sku: must be unique: lines[0] is "SKU-1" too',
    ]);
    const shipped = { ...line, lineId: '1' };
    expect(broken('shipment.deliver', { lines: [shipped, shipped] })).toEqual([
      'lines[1].lineId: must be unique: lines[0] is "1" too',
    ]);
    const [restocked, scrapped] = ['restock', 'scrap'].map((disposition) => ({ ...shipped, disposition }));
    expect(broken('return.receive', { lines: [restocked, scrapped] })).toEqual([]);
    expect(broken('return.receive', { lines: [restocked, restocked] })).toEqual([
      'lines[1].disposition: must be unique: lines[0] is "1" and "restock" too',
    ]);
  });
});

describe('an invoice', () => {
  it('that must come to a total says in which currency, exactly', () => {
    expect(broken('invoice.post', { total: '30.05' })).toEqual(['currency: is required with total']);
    expect(broken('invoice.post', { total: '30.051', currency: 'EUR' })).toEqual([
      'total: must be exact in EUR, which has 2 decimals',
    ]);
  });

  it('is reconciled by order or number, down to a residual or with a write-off', () => {
    expect(broken('invoice.reconcile', { orderId: undefined })).toEqual([
      'orderId: is required where there is no invoiceNumber',
    ]);
    expect(broken('invoice.reconcile', { orderId: undefined, invoiceNumber: 'INV/1' })).toEqual([]);
    expect(broken('invoice.reconcile', { residual: '5.00' })).toEqual([
      'writeOffUpTo: must not be there where a residual is left',
    ]);
    expect(broken('invoice.reconcile', { writeOffUpTo: '0.00' })).toEqual([
      'writeOffUpTo: must be greater than 0',
    ]);
    expect(broken('invoice.reconcile', { residual: '0.001', writeOffUpTo: undefined })).toEqual([
      'residual: must be exact in EUR, which has 2 decimals',
    ]);
  });
});

describe('a price', () => {
  it('has at most four decimals and may be nothing', () => {
    expect(broken('price.set', { price: '0.00001' })).toEqual(['price: must have at most 4 decimals']);
    expect(broken('price.set', { price: '0' })).toEqual([]);
    expect(broken('price.set', { price: '-1' })).toHaveLength(1);
  });
});

describe('dates', () => {
  it('carry their offset and are plausible', () => {
    const rule = 'paidAt: must be an ISO 8601 time with its offset, such as 2026-03-01T09:30:00Z';
    for (const paidAt of ['2026-03-01', '2026-03-01T09:30:00', '1772357400', '2026-02-30T09:30:00Z']) {
      expect(broken('payment.register', { paidAt })).toEqual([rule]);
    }
    for (const paidAt of ['1970-01-21T12:19:17Z', '2999-01-01T00:00:00Z']) {
      expect(broken('payment.register', { paidAt })).toEqual([
        'paidAt: must lie between 2000-01-01 and 2099-12-31',
      ]);
    }
    expect(broken('invoice.post', { invoiceDate: '01.03.2026' })).toEqual([
      'invoiceDate: must be an ISO 8601 day such as 2026-03-01',
    ]);
  });
});

describe('a customer', () => {
  it('has an address that can be written to', () => {
    const rule = 'email: must be an e-mail address such as ada@example.com';
    for (const email of ['ada', 'ada@', '@example.com', 'a b@example.com', 'ada@localhost', 'ada@example.']) {
      expect(broken('customer.upsert', { email }), email).toEqual([rule]);
    }
    expect(broken('customer.upsert', { 'address.country': 'England' })).toEqual([
      'address.country: must be an ISO 3166 country code of two letters such as NL',
    ]);
    expect(broken('customer.upsert', { name: '  ' })).toEqual(['name: must be a name, not empty']);
  });
});

describe('an id', () => {
  it('is at most 200 characters of well-formed text without a space at its ends', () => {
    expect(broken('sale.cancel', { orderId: 'x'.repeat(201) })).toEqual([
      'orderId: must have at most 200 characters',
    ]);
    expect(broken('sale.cancel', { orderId: ' 1' })).toEqual(['orderId: must not begin or end with a space']);
    expect(broken('sale.cancel', { orderId: '' })).toEqual(['orderId: must be an id, not empty']);
    expect(broken('sale.cancel', { orderId: '\ud800' })).toEqual(['orderId: must be well-formed Unicode']);
    expect(broken('sale.cancel', { orderId: 1001 })).toEqual(['orderId: must be a string']);
  });
});
