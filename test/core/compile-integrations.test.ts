// What the compiler of integrations makes of good ones, and everything it says about wrong ones, at once.
import { describe, expect, it } from 'vitest';
import { compileIntegrations } from '../../src/core/compile-integrations.ts';
import {
  defineSource,
  defineTarget,
  type IntegrationDefinition,
  on,
  type RouteDefinition,
} from '../../src/core/define-integration.ts';
import {
  invoicePost,
  paymentRegister,
  saleConfirm,
  stockSet,
  stockSetMany,
} from '../../src/operations/index.ts';
import {
  crm,
  erp,
  fakeAdapter,
  fakePreset,
  integration,
  type Order,
  saleInput,
  shop,
  targetOptions,
  warehouse,
} from './integration-fixtures.ts';

const confirm = on(shop, 'order/created').run(saleConfirm, {
  id: 'confirm',
  target: erp,
  input: ({ payload }) => saleInput(payload),
});
const invoice = on(shop, 'order/paid').run(invoicePost, {
  id: 'invoice',
  target: erp,
  after: ['order/created'],
  input: ({ payload }) => ({ orderId: payload.id }),
});
const set = on(warehouse, 'counted').run(stockSet, {
  id: 'set',
  target: erp,
  subject: ({ payload }) => payload.sku,
  version: () => '1',
  input: ({ payload }) => ({ sku: payload.sku, quantity: 1 }),
});

/** "field: rule" of every problem; all are in the one file. */
function problems(...routes: readonly (RouteDefinition | Record<string, unknown>)[]): string[] {
  return allProblems(integration({ routes: routes as readonly RouteDefinition[] }));
}

function allProblems(...integrations: readonly IntegrationDefinition[]): string[] {
  const compiled = compileIntegrations(integrations);
  if (compiled.ok) return [];
  expect(new Set(compiled.error.map(({ file }) => file))).toEqual(
    new Set([`src/integrations/${integrations[0]?.name}.ts`]),
  );
  return compiled.error.map(({ field, rule }) => `${field}: ${rule}`);
}

function compiled(...integrations: readonly IntegrationDefinition[]) {
  const result = compileIntegrations(integrations);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

describe('a compiled relay', () => {
  const relay = compiled(
    integration({ routes: [confirm, invoice, set] }),
    integration({ name: 'other', routes: [] }),
  );

  it('finds sources, targets and routes', () => {
    expect(relay.sources.get('shop')).toBe(shop);
    expect(relay.targets.get('erp')).toBe(erp);
    expect(relay.findRoute('shop-orders.confirm')?.operation).toBe(saleConfirm);
    expect(relay.findRoute('confirm')).toBeNull();
    expect(relay.routesFor('shop', 'order/paid').map(({ id }) => id)).toEqual(['shop-orders.invoice']);
    expect(relay.routesFor('shop', 'order/refunded')).toEqual([]);
    expect(relay.routesFor('warehouse', 'order/paid')).toEqual([]);
  });

  it('has every default written out', () => {
    expect(relay.findRoute('shop-orders.confirm')?.policy).toEqual({
      after: [],
      waitMs: 3_600_000,
      onStale: 'run',
      onDeadLetter: 'block',
      retry: { attempts: 8, baseMs: 1_000, capMs: 600_000 },
      jobTimeoutMs: 3_600_000,
    });
    expect(relay.findRoute('shop-orders.set')?.policy.onStale).toBe('skip');
    expect(relay.findRoute('shop-orders.confirm')?.timeoutMs).toBeNull();
  });

  it('keeps what a route says over the defaults, a part of a retry policy too', () => {
    const route = {
      ...set,
      onStale: 'run',
      waitMs: 5,
      onDeadLetter: 'continue',
      retry: { attempts: 2 },
      jobTimeoutMs: 7_200_000,
      timeoutMs: 900,
    };
    const policy = compiled(integration({ routes: [route as RouteDefinition] })).findRoute('shop-orders.set');
    expect(policy?.policy).toEqual({
      after: [],
      waitMs: 5,
      onStale: 'run',
      onDeadLetter: 'continue',
      retry: { attempts: 2, baseMs: 1_000, capMs: 600_000 },
      jobTimeoutMs: 7_200_000,
    });
    expect(policy?.timeoutMs).toBe(900);
  });

  it('knows a previous secret by its name', () => {
    expect([shop.secretVariable, shop.previousSecretVariable]).toEqual([
      'SHOP_SECRET',
      'SHOP_SECRET_PREVIOUS',
    ]);
  });
});

describe('after', () => {
  it('names a type of the own source, of another source, on another target, or a route', () => {
    const counted = on(warehouse, 'counted');
    const after = [
      'order/created',
      counted,
      { source: shop, type: 'order/created', target: crm },
      { route: 'confirm' },
      { route: 'other.far' },
    ];
    const far = { ...confirm, id: 'far', target: crm };
    const relay = compiled(
      integration({ routes: [confirm, { ...invoice, after: after as never }] }),
      integration({ name: 'other', routes: [far] }),
    );
    expect(relay.findRoute('shop-orders.invoice')?.policy.after).toEqual([
      { kind: 'type', source: 'shop', type: 'order/created', target: 'erp' },
      { kind: 'type', source: 'warehouse', type: 'counted', target: 'erp' },
      { kind: 'type', source: 'shop', type: 'order/created', target: 'crm' },
      { kind: 'route', route: 'shop-orders.confirm' },
      { kind: 'route', route: 'other.far' },
    ]);
  });

  it('is refused for a type the source cannot send, an unlisted source and a route there is not', () => {
    const stranger = defineSource({ id: 'stranger', preset: fakePreset<object>(), secret: 'X' });
    const after = ['order/creatd', { source: stranger, type: 'y' }, { route: 'nowhere' }];
    expect(problems({ ...invoice, after })).toEqual([
      'routes[0] (invoice).after[0]: must be a type the source sends: shop has no "order/creatd"',
      'routes[0] (invoice).after[1]: must name a listed source: stranger is not',
      'routes[0] (invoice).after[2]: must name a route: there is no shop-orders.nowhere',
    ]);
  });

  it('is refused where routes wait for each other, through types and routes alike', () => {
    const first = { ...confirm, after: ['order/paid'] };
    expect(problems(first, invoice)).toEqual([
      'routes[0] (confirm).after: must not wait for itself: shop-orders.confirm waits for shop-orders.invoice waits for shop-orders.confirm',
    ]);
    const byRoute = { ...confirm, after: [{ route: 'invoice' }] };
    expect(problems(byRoute, invoice)).toHaveLength(1);
    expect(problems({ ...confirm, after: ['order/created'] })).toEqual([
      'routes[0] (confirm).after: must not wait for itself: shop-orders.confirm waits for shop-orders.confirm',
    ]);
  });
});

describe('a batch route', () => {
  const batch = on(warehouse, 'inventory').run(stockSetMany, {
    id: 'count',
    target: erp,
    batch: 'partial',
    subject: ({ payload }) => payload.sku,
    input: ({ payload }) => ({ batchId: payload.sku, records: [{ sku: payload.sku, quantity: 1 }] }),
  });

  it('keeps its policy', () => {
    const relay = compiled(integration({ routes: [batch] }));
    expect(relay.findRoute('shop-orders.count')?.policy.batch).toBe('partial');
  });

  it('is all or nothing only where the adapter can do that', () => {
    expect(problems({ ...batch, batch: 'all_or_nothing' })).toEqual([
      'routes[0] (count).batch: must be partial: the adapter fake-erp cannot do stock.set_many all or nothing',
    ]);
  });

  it('must say what it is, and no other may', () => {
    const { batch: _, ...silent } = batch;
    expect(problems(silent)).toEqual(['routes[0] (count).batch: must be all_or_nothing or partial']);
    expect(problems({ ...confirm, batch: 'partial' })).toEqual([
      'routes[0] (confirm).batch: must not be there: sale.confirm takes one record',
    ]);
  });
});

describe('a wrong integration', () => {
  it('is told all its problems at once', () => {
    const route = {
      ...invoice,
      id: 'Invoice!',
      waitMs: -1,
      retry: { attempts: 0, baseMs: 10, capMs: 5 },
      after: [{ route: 'x' }],
    };
    expect(problems(route)).toHaveLength(5);
  });

  it('has a name that is the name of its file', () => {
    expect(allProblems(integration({ name: 'Shop Orders' }))).toEqual([
      expect.stringMatching(/^name: must be lower-case/),
    ]);
    expect(allProblems(integration({}), integration({}))).toEqual(['name: must be unique']);
  });

  it('has routes of one id', () => {
    expect(problems(confirm, { ...invoice, id: 'confirm' })).toEqual([
      'routes[1] (confirm): must be unique: another route is shop-orders.confirm too',
    ]);
  });

  it('has sources and targets that share an id or are not listed', () => {
    const twin = { ...shop };
    const other = { ...erp };
    const routes = [{ ...confirm, source: twin, target: other }];
    expect(allProblems(integration({ sources: [shop, twin], targets: [erp, other], routes }))).toEqual([
      'sources[1] (shop): must be unique: another source is shop too',
      'targets[1] (erp): must be unique: another target is erp too',
      'routes[0] (confirm).source: must be listed under sources: shop is not',
      'routes[0] (confirm).target: must be listed under targets: erp is not',
    ]);
    expect(allProblems(integration({ sources: [], targets: [], routes: [confirm] }))).toHaveLength(2);
  });

  it('has a source or a target with unusable names', () => {
    const badSource = defineSource({ id: 'My Shop', preset: fakePreset<object>(), secret: 'secret' });
    const previous = defineSource({ id: 's', preset: fakePreset<object>(), secret: 'S_PREVIOUS' });
    const badTarget = defineTarget({
      ...targetOptions,
      id: 'ERP',
      baseUrl: 'http://x',
      credential: { keyId: 'k', user: 'U' },
    });
    expect(allProblems(integration({ sources: [badSource, previous], targets: [badTarget] }))).toEqual([
      expect.stringMatching(/^sources\[0\] \(My Shop\)\.id: must be lower-case/),
      expect.stringMatching(/^sources\[0\] \(My Shop\)\.secret: must name a Worker variable/),
      'sources[1] (s).secret: must not end in _PREVIOUS: so is the old value named',
      expect.stringMatching(/^targets\[0\] \(ERP\)\.id: must be lower-case/),
      expect.stringMatching(/^targets\[0\] \(ERP\)\.baseUrl: must name a Worker variable/),
      'targets[0] (ERP).credential.secret: is required by the adapter fake-erp',
      expect.stringMatching(/^targets\[0\] \(ERP\)\.credential\.keyId: must name a Worker variable/),
      'targets[0] (ERP).credential.user: must not be there: the adapter fake-erp has no such part',
    ]);
  });

  it('has a type the source cannot send, or an operation the adapter does not run', () => {
    const narrow = defineTarget({ ...targetOptions, adapter: { ...fakeAdapter, operations: {} } });
    expect(
      allProblems(
        integration({ targets: [narrow], routes: [{ ...confirm, type: 'order/creatd', target: narrow }] }),
      ),
    ).toEqual([
      'routes[0] (confirm).type: must be a type the source sends: shop has no "order/creatd"',
      'routes[0] (confirm).target: must run sale.confirm: the adapter fake-erp does not',
    ]);
  });

  it('has a subject or a version too few or too many', () => {
    const subject = () => '1';
    expect(
      problems(
        { ...confirm, subject },
        { ...set, version: undefined },
        { ...invoice, operation: paymentRegister, after: [] },
      ),
    ).toEqual([
      'routes[0] (confirm).subject: must not be there: sale.confirm takes none',
      'routes[1] (set).version: is required: stock.set repeats per_version',
      'routes[2] (invoice).subject: is required: payment.register repeats per_subject',
    ]);
  });

  it('skips stale inputs of an operation that replaces nothing', () => {
    expect(problems({ ...confirm, onStale: 'skip' })).toEqual([
      'routes[0] (confirm).onStale: must be run: sale.confirm replaces no state',
    ]);
  });

  it('has numbers out of bounds', () => {
    expect(
      problems({
        ...confirm,
        waitMs: 2_592_000_001,
        retry: { attempts: 101, baseMs: 0.5, capMs: 1e9 },
        timeoutMs: 1,
      }),
    ).toEqual([
      'routes[0] (confirm).waitMs: must be a whole number from 0 to 2592000000 ms',
      'routes[0] (confirm).retry.attempts: must be a whole number from 1 to 100',
      'routes[0] (confirm).retry.baseMs: must be a whole number from 1 to 3600000 ms',
      'routes[0] (confirm).retry.capMs: must be a whole number from 1 to 86400000 ms',
      'routes[0] (confirm).timeoutMs: must be a whole number from 10 to 120000 ms',
    ]);
  });

  it('uses an adapter that has never met its ERP, and does not say so', () => {
    const documented = { ...targetOptions, adapter: { ...fakeAdapter, level: 'documented' } } as const;
    expect(allProblems(integration({ targets: [defineTarget(documented)] }))).toEqual([
      'targets[0] (erp).experimental: must be true: the adapter fake-erp was written from documentation and has never met its ERP',
    ]);
    const allowed = defineTarget({ ...documented, experimental: true });
    expect(allProblems(integration({ targets: [allowed] }))).toEqual([]);
    const recorded = defineTarget({ ...targetOptions, adapter: { ...fakeAdapter, level: 'recorded' } });
    expect(allProblems(integration({ targets: [recorded] }))).toEqual([]);
  });

  it('runs an operation that never met its ERP, of an adapter that did, and does not say so', () => {
    const capabilities = { 'sale.confirm': { level: 'documented' } } as const;
    const partly = { ...targetOptions, adapter: { ...fakeAdapter, capabilities } };
    const problemsOn = (target: typeof erp) => {
      const input = ({ payload }: { payload: Order }) => saleInput(payload);
      const routes = [on(shop, 'order/created').run(saleConfirm, { id: 'confirm', target, input })];
      return allProblems(integration({ targets: [target], routes }));
    };
    expect(problemsOn(defineTarget(partly))).toEqual([
      'routes[0] (confirm).target: must be experimental: sale.confirm of the adapter fake-erp has never met its ERP',
    ]);
    expect(problemsOn(defineTarget({ ...partly, experimental: true }))).toEqual([]);
  });

  it('believes "not found" while the ERP may still be at work', () => {
    const rule =
      'timeoutMs must be at most quietMs (4000): else fake-erp may still do what is taken for not done';
    const hasty = defineTarget({ ...targetOptions, quietMs: 4_000 });
    expect(allProblems(integration({ targets: [hasty] }))).toEqual([`targets[0] (erp).quietMs: ${rule}`]);
    expect(problems({ ...confirm, timeoutMs: 20_000 })).toEqual([
      `routes[0] (confirm).timeoutMs: ${rule.replace('4000', '10000')}`,
    ]);
    const keyed = defineTarget({
      ...targetOptions,
      adapter: { ...fakeAdapter, once: 'native_key' },
      quietMs: 0,
    });
    expect(allProblems(integration({ targets: [keyed] }))).toEqual([]);
  });
});
