// What changed in Odoo: from the cursor on, with a minute of overlap, page by page, and never further than it may look.
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { ChangePage } from '../../../src/core/watch.ts';
import { createOdooAdapter } from '../../../src/erp/odoo/odoo-adapter.ts';
import { bodyOf, says, scriptedConnection } from '../rest/support/scripted-connection.ts';

const feed = createOdooAdapter().changes;
const until = Date.parse('2026-11-24T09:10:00Z');

const row = (id: number, second: string): JsonObject => ({
  ...{ id, name: `S${id}`, state: 'sale', client_order_ref: id === 1 ? '450789469' : false },
  write_date: `2026-11-24 09:00:${second}`,
});

async function list(rows: readonly JsonObject[], cursor: string | null, limit = 2) {
  const erp = scriptedConnection(() => says(200, rows));
  const listed = await feed?.list(erp, { kind: 'sale.order', cursor, until, limit });
  return { page: listed as ChangePage, asked: erp.sent.map(bodyOf) };
}

describe('the changes of Odoo', () => {
  it('begin now, without a call', async () => {
    const { page, asked } = await list([], null);
    expect(page).toEqual({
      kind: 'changes',
      changes: [],
      cursor: '2026-11-24 09:10:00|0|done',
      isLast: true,
    });
    expect(asked).toEqual([]);
  });

  it('are read from a minute before the cursor on, and told as events', async () => {
    const { page, asked } = await list([row(1, '05')], '2026-11-24 09:00:00|0|done');
    expect(asked).toEqual([
      expect.objectContaining({
        domain: [
          ['write_date', '>=', '2026-11-24 08:59:00'],
          ['write_date', '<=', '2026-11-24 09:10:00'],
        ],
        order: 'write_date asc, id asc',
        offset: 0,
      }),
    ]);
    expect(page).toMatchObject({
      changes: [
        {
          ...{ type: 'sale.order.changed', entity: { kind: 'order', id: '450789469' } },
          ...{ version: '1@2026-11-24 09:00:05', changedAt: '2026-11-24T09:00:05Z', isOwn: false },
        },
      ],
      ...{ cursor: '2026-11-24 09:10:00|0|done', isLast: true },
    });
  });

  it('go on from the last second of a full page, and into it where it fills one', async () => {
    const full = await list([row(1, '05'), row(2, '06')], '2026-11-24 09:00:00|0|done');
    expect(full.page).toMatchObject({ cursor: '2026-11-24 09:00:06|0|between', isLast: false });
    const same = await list([row(2, '06'), row(3, '06')], full.page.cursor);
    expect(same.asked[0]).toMatchObject({
      domain: expect.arrayContaining([['write_date', '>=', '2026-11-24 09:00:06']]),
    });
    expect(same.page).toMatchObject({ cursor: '2026-11-24 09:00:06|2|between' });
    const further = await list([], same.page.cursor);
    expect(further.asked[0]).toMatchObject({ offset: 2 });
    expect(further.page).toMatchObject({ cursor: '2026-11-24 09:10:00|0|done', isLast: true });
  });
});
