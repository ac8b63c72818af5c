// Personal data in payloads: found by name whatever the sender's style, under a person's record, and where a source declares it.
import { describe, expect, it } from 'vitest';
import { mask, maskPersonal } from '../../../src/core/identity/personal-data.ts';

describe('masking', () => {
  it('finds names in every style, and leaves what is of goods and money', () => {
    const { value, paths } = maskPersonal({
      id: 7,
      total: '10.00',
      name: '#1001',
      firstName: 'Ada',
      last_name: 'Lovelace',
      'E-Mail': 'a@example.com',
      line_items: [{ sku: 'mug', name: 'A mug', price: '3.00' }],
    });
    expect(value).toEqual({
      id: 7,
      total: '10.00',
      name: '#1001',
      firstName: mask,
      last_name: mask,
      'E-Mail': mask,
      line_items: [{ sku: 'mug', name: 'A mug', price: '3.00' }],
    });
    expect(paths).toEqual(['E-Mail', 'firstName', 'last_name']);
  });

  it('masks all of a person but what says nothing about them', () => {
    const { value } = maskPersonal({
      customer: { id: 5, name: 'Ada', tags: 'vip', orders: 3, currency: 'EUR', verified: true, none: null },
    });
    expect(value).toEqual({
      customer: {
        id: 5,
        name: mask,
        tags: mask,
        orders: mask,
        currency: 'EUR',
        verified: true,
        none: null,
      },
    });
  });

  it('masks what a source declares, in lists too, and all beneath it', () => {
    const { value, paths } = maskPersonal(
      { gift: { text: 'for mum' }, items: [{ engraving: 'A+B' }, { engraving: 'C' }] },
      ['gift', 'items[].engraving'],
    );
    expect(value).toEqual({ gift: { text: mask }, items: [{ engraving: mask }, { engraving: mask }] });
    expect(paths).toEqual(['gift.text', 'items[].engraving']);
  });
});
