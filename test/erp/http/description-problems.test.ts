// What stops the start of a described ERP: each problem with the member it stands in and the rule it breaks.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileIntegrations } from '../../../src/core/compile-integrations.ts';
import { defineIntegration, defineTarget } from '../../../src/core/define-integration.ts';
import { httpAdapter, httpAdapterFromJson } from '../../../src/erp/http/http-adapter.ts';

// biome-ignore lint/suspicious/noExplicitAny: a description that is broken on purpose
type Json = any;

const example = (): Json => JSON.parse(readFileSync('docs/erp/http-example.json', 'utf8'));

/** The example with one member replaced; `undefined` takes it out. */
function problemsWith(path: readonly (string | number)[], value: unknown) {
  const description = example();
  let parent = description;
  for (const step of path.slice(0, -1)) parent = parent[step];
  parent[path.at(-1) ?? ''] = value;
  if (value === undefined) delete parent[path.at(-1) ?? ''];
  return httpAdapterFromJson(description).problems ?? [];
}

const confirm = ['operations', 'sale.confirm'] as const;
const send = [...confirm, 'steps', 0, 'send'] as const;

describe('a description', () => {
  it.each([
    [['name'], 'Acme ERP', 'name', 'must be lower-case'],
    [['once'], 'sometimes', 'once', 'Invalid option'],
    [['surprise'], 1, '', 'surprise'],
    [
      ['operations', 'sale.confrim'],
      example().operations['sale.confirm'],
      'operations.sale.confrim',
      'no operation',
    ],
    [
      ['operations', 'stock.set_many'],
      example().operations['sale.confirm'],
      'operations.stock.set_many',
      'stands in batches',
    ],
    [
      [...confirm, 'lookup'],
      undefined,
      'operations.sale.confirm.lookup',
      'is required: once is searchable_field',
    ],
    [[...send, 'path'], 'api/orders', 'operations.sale.confirm.steps[0].send.path', 'must begin with /'],
    [[...send, 'method'], 'FETCH', 'operations.sale.confirm.steps[0].send.method', 'Invalid option'],
    [[...confirm, 'lookup', 'pth'], '/x', 'operations.sale.confirm.lookup', 'pth'],
    [[...send, 'path'], '/api/orders?x=1', 'operations.sale.confirm.steps[0].send.path', 'must hold no ?'],
    [
      [...send, 'body', 'orderId'],
      '{input.oderId}',
      'operations.sale.confirm.steps[0].send.body.orderId',
      'no such field',
    ],
    [
      [...send, 'body', 'taxTotal'],
      '{input.taxTotal}',
      'operations.sale.confirm.steps[0].send.body.taxTotal',
      'may be absent',
    ],
    [
      [...send, 'body', 'orderId'],
      '{orderId}',
      'operations.sale.confirm.steps[0].send.body.orderId',
      'must begin with',
    ],
    [
      [...send, 'body', 'orderId'],
      '{input.orderId|shout}',
      'operations.sale.confirm.steps[0].send.body.orderId',
      'no filter shout',
    ],
    [
      [...send, 'body', 'orderId'],
      '{input.orderId',
      'operations.sale.confirm.steps[0].send.body.orderId',
      'stands alone',
    ],
    [
      [...send, 'body', 'orderId'],
      '{item.lineId}',
      'operations.sale.confirm.steps[0].send.body.orderId',
      'within $item only',
    ],
    [
      [...send, 'body', 'lines', '$item', 'sku'],
      '{item.article}',
      'operations.sale.confirm.steps[0].send.body.lines.$item.sku',
      'no such field',
    ],
    [
      [...send, 'body', 'lines'],
      { $each: 'input.lines' },
      'operations.sale.confirm.steps[0].send.body.lines',
      '$item',
    ],
    [
      [...send, 'document'],
      'answer.order',
      'operations.sale.confirm.steps[0].send.document',
      'must begin with status, headers, body',
    ],
    [
      [...confirm, 'goal'],
      [{ place: 'document.state' }],
      'operations.sale.confirm.goal[0]',
      'must say equals',
    ],
    [
      [...confirm, 'goal'],
      [{ place: 'body.state', equals: 'x' }],
      'operations.sale.confirm.goal[0].place',
      'must begin with document',
    ],
    [
      [...confirm, 'lookup', 'where'],
      [{ place: 'document.relayKey', equalsPlace: 'body.key' }],
      'operations.sale.confirm.lookup.where[0].equalsPlace',
      'must begin with key, input',
    ],
    [[...confirm, 'output', 'total'], undefined, 'operations.sale.confirm.output.total', 'is required'],
    [
      [...confirm, 'output', 'totl'],
      '{document.total}',
      'operations.sale.confirm.output.totl',
      'nothing reads it',
    ],
    [
      [...confirm, 'fields'],
      { kunde: 'customr' },
      'operations.sale.confirm.fields.kunde',
      'no field of the input',
    ],
    [[...confirm, 'steps'], [], 'operations.sale.confirm.steps', ''],
    [['answers'], [{ is: 'conflict' }], 'answers[0]', 'must say a status or a condition'],
    [['answers'], [{ status: 409, is: 'conflict', code: 'x' }], 'answers[0].code', 'for rejected only'],
    [
      ['answers'],
      [{ when: [{ place: 'body.x', matches: '(' }], is: 'conflict' }],
      'answers[0].when[0]',
      'no regular expression',
    ],
    [['once'], 'native_key', 'idempotencyHeader', 'is required'],
    [['headers'], { 'x y': '1' }, 'headers.x y', 'must be a header name'],
    [['session', 'login', 'body'], undefined, 'session.login', 'a body or a form'],
    [['session', 'value'], 'Bearer {credential.keyId}', 'session.value', 'must begin with token'],
  ])('with %j as %j is refused', (...[path, value, field, rule]) => {
    const problems = problemsWith(path, value);
    expect(problems).toContainEqual({
      field: field === '' ? expect.any(String) : expect.stringContaining(field),
      rule: expect.stringContaining(rule),
    });
  });

  it('that is refused stops the start, with the file of the integration and the member', () => {
    const erp = defineTarget({
      ...{ id: 'erp', baseUrl: 'ERP_BASE_URL', credential: {}, timeoutMs: 5_000, quietMs: 10_000 },
      adapter: httpAdapterFromJson({ ...example(), once: 'native_key' }),
    });
    const shop = defineIntegration({ name: 'shop', sources: [], targets: [erp], routes: [] });
    const compiled = compileIntegrations([shop]);
    expect(compiled.ok ? [] : compiled.error).toMatchObject([
      { field: 'targets[0] (erp).adapter.idempotencyHeader', rule: expect.stringContaining('is required') },
    ]);
  });

  it('may compare what a search found with the key, where the search finds more', async () => {
    const description = example();
    description.operations['sale.confirm'].lookup = {
      ...{ path: '/orders', documents: 'body' },
      where: [{ place: 'document.ref', equalsPlace: 'key' }],
    };
    const adapter = httpAdapterFromJson(description);
    const found = [
      { ref: 'other', state: 'confirmed' },
      { ref: 'k', state: 'confirmed' },
    ];
    const erp = {
      send: async () => ({ kind: 'response', status: 200, headers: {}, json: found, text: '[]' }) as const,
    };
    const lookup = (key: string) =>
      adapter.operations['sale.confirm']?.lookup({ input: {} as never, key, idempotencyKey: 'k#1', erp });
    expect(await lookup('k')).toEqual({ kind: 'found', answer: found[1] });
    expect(await lookup('another')).toEqual({ kind: 'not_found' });
  });

  it('in TypeScript may compute a body from the typed input', async () => {
    const adapter = httpAdapter({
      name: 'by-code',
      version: '1',
      once: 'best_effort',
      session: { kind: 'static_key', header: 'x-api-key', value: '{credential.apiKey}' },
      operations: {
        'stock.set': {
          steps: [
            {
              send: {
                method: 'PUT',
                path: '/stock/{input.sku}',
                body: ({ input, key }) => ({ dozens: input.quantity / 12, key }),
              },
            },
          ],
          output: ({ document, input }) => ({
            ...(document as object),
            ...{ documentNumber: input.sku, state: 'done', sku: input.sku, onHand: input.quantity },
          }),
        },
      },
    });
    expect(adapter.problems).toBeUndefined();
    expect(adapter.session.authorize('k1')).toEqual({ 'x-api-key': 'k1' });
    const sent: unknown[] = [];
    const erp = {
      send: async (request: unknown) => {
        sent.push(request);
        return { kind: 'response', status: 200, headers: {}, json: { documentId: '7' }, text: '{}' } as const;
      },
    };
    const call = { input: { sku: 'A/1', quantity: 24 } as never, key: 'k', idempotencyKey: 'k#1', erp };
    const done = await adapter.operations['stock.set']?.perform(call, null);
    expect(sent).toEqual([
      {
        method: 'PUT',
        path: '/stock/A%2F1',
        query: {},
        headers: {},
        body: { dozens: 2, key: 'k' },
        write: true,
      },
    ]);
    expect(done).toEqual({ kind: 'performed', answer: { documentId: '7' } });
    expect(await adapter.operations['stock.set']?.verify(call, { documentId: '7' })).toEqual({
      kind: 'verified',
      output: { documentId: '7', documentNumber: 'A/1', state: 'done', sku: 'A/1', onHand: 24 },
    });
  });
});
