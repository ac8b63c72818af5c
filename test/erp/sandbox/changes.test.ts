// What changed in the running sandbox ERP, by its audit log: from the cursor on, in order, and which of it the relay did.
import { describe, expect, it } from 'vitest';
import { sandboxChanges } from '../../../src/erp/sandbox/sandbox-changes.ts';
import { useSandbox } from './support/use-sandbox.ts';

const harness = useSandbox();

async function list(cursor: string | null, { limit = 100, until = Date.now() + 1_000 } = {}) {
  const listed = await sandboxChanges.list(harness.erp, { kind: 'audit', cursor, until, limit });
  if (listed.kind !== 'changes') throw new Error(`not listed: ${JSON.stringify(listed)}`);
  return listed;
}

const make = (sku: string, relayKey?: string) =>
  harness.erp.send({ method: 'POST', path: '/api/products', body: { sku, relayKey }, write: true });

describe('the changes of the sandbox', () => {
  it('begin now, come page by page, and say which the relay made', async () => {
    await make('A');
    const { cursor: now, changes: none } = await list(null);
    expect(none).toEqual([]);
    await make('B');
    await make('C', 'key/C');
    const first = await list(now, { limit: 1 });
    expect(first).toMatchObject({
      changes: [{ type: 'product.create', entity: { kind: 'product', id: 'B' }, isOwn: false }],
      isLast: false,
    });
    const second = await list(first.cursor);
    expect(second).toMatchObject({ changes: [{ entity: { id: 'C' }, isOwn: true }], isLast: true });
    expect(await list(second.cursor)).toMatchObject({ changes: [], cursor: second.cursor, isLast: true });
  });

  it('leave what is too young for the next page', async () => {
    const { cursor } = await list(null);
    await make('D');
    expect(await list(cursor, { until: Date.now() - 60_000 })).toMatchObject({
      changes: [],
      cursor,
      isLast: true,
    });
  });
});
