// A route beyond what its source was granted in the integration stops the start; one within it does not.
import { describe, expect, it } from 'vitest';
import { compileIntegrations } from '../../src/core/compile-integrations.ts';
import { defineIntegration, defineSource, on } from '../../src/core/define-integration.ts';
import type { Grant } from '../../src/core/identity/access-view.ts';
import { saleConfirm } from '../../src/operations/index.ts';
import { erp, fakePreset, type ShopTopics, saleInput } from './integration-fixtures.ts';

function compileWith(grants: readonly Grant[]) {
  const source = defineSource({
    id: 'bounded',
    preset: fakePreset<ShopTopics>(['order/created']),
    secret: 'BOUNDED_SECRET',
    grants,
  });
  const confirm = on(source, 'order/created').run(saleConfirm, {
    id: 'confirm',
    target: erp,
    input: ({ payload }) => saleInput(payload),
  });
  const bounded = defineIntegration({
    name: 'bounded',
    sources: [source],
    targets: [erp],
    routes: [confirm],
  });
  const compiled = compileIntegrations([bounded]);
  return compiled.ok ? [] : compiled.error.map(({ field, rule }) => `${field}: ${rule}`);
}

describe('the grants of a source', () => {
  it('let a route start that is within them', () => {
    expect(compileWith([{ operation: 'sale.confirm', target: '*' }])).toEqual([]);
  });

  it('stop one that is not', () => {
    for (const grants of [[], [{ operation: 'stock.set', target: 'erp' }]])
      expect(compileWith(grants)).toEqual([
        'routes[0] (confirm).target: must be granted to its source: bounded may not run sale.confirm on erp',
      ]);
  });
});
