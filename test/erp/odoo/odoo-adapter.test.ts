// The Odoo adapter as a whole: what it sends over each API, what the running Odoo says of itself, and its options.
import { describe, expect, it } from 'vitest';
import { createOdooAdapter } from '../../../src/erp/odoo/odoo-adapter.ts';
import { OdooError } from './support/fake-odoo.ts';
import { key, order } from './support/odoo-inputs.ts';
import { createWorld, type World } from './support/odoo-world.ts';

describe('a running Odoo', () => {
  const read = (world: World) => world.adapter.readInstance?.(world.odoo);

  it('says its company, its release, its modules and its last locked day', async () => {
    const world = createWorld('json2');
    world.odoo.rows['res.company'] = [
      { id: 1, name: 'Mugs & Co', currency_id: [1, 'EUR'], fiscalyear_lock_date: '2026-10-31' },
    ];
    world.odoo.rows['ir.module.module'] = [
      { id: 1, name: 'base', state: 'installed', latest_version: '19.0.1.3' },
      { id: 2, name: 'sale', state: 'installed', latest_version: '19.0.1.2' },
      { id: 3, name: 'stock', state: 'uninstalled' },
    ];
    expect(await read(world)).toEqual({
      kind: 'instance',
      instance: {
        ...{ version: '19.0', company: 'Mugs & Co', currency: 'EUR', lockedThrough: '2026-10-31' },
        modules: ['sale', 'base'],
      },
    });
  });

  it('says nothing of what the user may not read', async () => {
    const world = createWorld('jsonrpc');
    const denied = () => {
      const message = 'You are not allowed to access this.';
      throw new OdooError({ name: 'odoo.exceptions.AccessError', message, status: 403 });
    };
    world.odoo.buttons['ir.module.module/search_read'] = denied;
    expect(await read(world)).toMatchObject({ kind: 'instance', instance: { modules: null, version: null } });
  });
});

describe('a request', () => {
  it('over JSON-2 is the method with its arguments by name, the key in a header', async () => {
    const { odoo, run, adapter } = createWorld('json2');
    await run('sale.confirm', order, key).perform();
    const sent = odoo.requests.find(({ path }) => path === '/json/2/sale.order/action_confirm');
    expect(sent).toMatchObject({
      method: 'POST',
      headers: { 'x-odoo-database': 'shop' },
      body: { ids: [1] },
      write: true,
    });
    expect(adapter.session.authorize('k1')).toEqual({ authorization: 'Bearer k1' });
    expect(adapter.credentialFields).toEqual(['apiKey']);
  });

  it('over JSON-RPC is execute_kw, and what is recorded of it holds no key', async () => {
    const { odoo, run, adapter } = createWorld('jsonrpc');
    await run('sale.confirm', order, key).perform();
    const sent = odoo.requests.find(({ body }) => JSON.stringify(body).includes('action_confirm'));
    if (sent === undefined) throw new Error('no confirmation was sent');
    expect(sent.body).toMatchObject({
      params: {
        service: 'object',
        method: 'execute_kw',
        args: ['shop', null, null, 'sale.order', 'action_confirm', [[1]], {}],
      },
    });
    expect(adapter.session.place?.(sent, '2:the-key').body).toMatchObject({
      params: { args: ['shop', 2, 'the-key', 'sale.order', 'action_confirm', [[1]], {}] },
    });
    expect(adapter.session.authorize('2:the-key')).toEqual({});
  });
});

describe('the options', () => {
  it.each([
    [{ api: 'soap' as never }, 'api'],
    [{ api: 'jsonrpc' as const }, 'database'],
    [{ module: 'My Module' }, 'module'],
    [{ rotateAfterDays: 60 }, 'rotateAfterDays'],
    [{ locations: { MAIN: 0 } }, 'locations or priceLists.MAIN'],
  ])('%j are refused at %s', (options, field) => {
    expect(createOdooAdapter(options).problems).toMatchObject([{ field }]);
  });
});
