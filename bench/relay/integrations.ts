// The benchmark's integration: a source that signs with HMAC, and a target whose adapter hands each event to the sink with one
// call. Takes the place of src/integrations for one relay. It may not leave out anything an integration has to have.

import * as z from 'zod';
import { defineIntegration, defineSource, defineTarget, on } from '../../src/core/define-integration.ts';
import type { ErpAdapter, OperationHandler } from '../../src/core/erp.ts';
import { isJsonObject } from '../../src/core/json.ts';
import { genericHmac } from '../../src/core/sources/generic-hmac.ts';
import { neverExpiresAt } from '../../src/core/token-life.ts';
import { expectEqual } from '../../src/operations/compare.ts';
import { defineOperation } from '../../src/operations/define-operation.ts';
import { documentFields, idField } from '../../src/operations/fields.ts';

type Order = {
  readonly id: string;
  readonly order: string;
  readonly number: number;
  readonly currency: string;
  readonly total: string;
  readonly customer: { readonly id: string; readonly name: string; readonly email: string };
  readonly address: Readonly<Record<string, string>>;
  readonly lines: readonly {
    readonly line_id: string;
    readonly sku: string;
    readonly title: string;
    readonly quantity: number;
    readonly unit_price: string;
    readonly tax_rate: string;
    readonly warehouse: string;
  }[];
};

const orderForward = defineOperation({
  name: 'order.forward',
  version: 1,
  requires: [],
  repeats: 'per_subject',
  replacesState: false,
  keyFields: ['id'],
  input: z.strictObject({
    id: idField,
    order: idField,
    number: z.int().min(1),
    currency: z.string().length(3),
    total: z.string(),
    customer: z.strictObject({ id: idField, name: z.string(), email: z.string() }),
    address: z.record(z.string(), z.string()),
    lines: z
      .array(
        z.strictObject({
          line_id: idField,
          sku: idField,
          title: z.string(),
          quantity: z.number().positive(),
          unit_price: z.string(),
          tax_rate: z.string(),
          warehouse: z.string(),
        }),
      )
      .min(1),
  }),
  output: z.object(documentFields),
  identify: ({ id, order }) => ({ entity: { kind: 'order', id: order }, subject: id }),
  compare: (order, document) => expectEqual('documentId', order.id, document.documentId),
});

type Forward = typeof orderForward;

const unavailable = (status: number) =>
  ({ kind: 'retryable', reason: 'erp_unavailable', message: `the sink answered ${status}` }) as const;

const forward: OperationHandler<Forward> = {
  lookup: async ({ erp, input }) => {
    const path = `/documents/${encodeURIComponent(input.id)}`;
    const answer = await erp.send({ method: 'GET', path, write: false });
    if (answer.kind !== 'response') return { kind: 'call_failed', failure: answer };
    if (answer.status === 404) return { kind: 'not_found' };
    if (answer.status !== 200) return unavailable(answer.status);
    return { kind: 'found', answer: { documentId: input.id, documentNumber: input.id, state: 'done' } };
  },
  perform: async ({ erp, input }) => {
    const answer = await erp.send({ method: 'POST', path: '/documents', body: input, write: true });
    if (answer.kind !== 'response') return { kind: 'call_failed', failure: answer };
    if (answer.status !== 200 || !isJsonObject(answer.json)) return unavailable(answer.status);
    const id = String(answer.json.id);
    return { kind: 'performed', answer: { documentId: id, documentNumber: id, state: 'done' } };
  },
  verify: async (_call, answer) => ({ kind: 'verified', output: answer }),
};

const sinkAdapter = {
  name: 'sink',
  version: '1.0.0',
  level: 'proven',
  once: 'searchable_field',
  credentialFields: [],
  session: {
    login: async () => ({ kind: 'logged_in', token: 'none', expiresAt: neverExpiresAt }),
    authorize: () => ({}),
    isExpired: () => false,
  },
  operations: { 'order.forward': forward },
} as const satisfies ErpAdapter;

const shop = defineSource({
  id: 'bench',
  preset: genericHmac<{ readonly 'order.changed': Order }>({
    signature: { header: 'x-bench-signature', prefix: 'sha256=' },
    id: { path: 'id' },
    type: { path: 'type' },
    entity: { path: 'order', kind: 'order' },
    sequence: { path: 'number' },
  }),
  secret: 'BENCH_WEBHOOK_SECRET',
});

const sink = defineTarget({
  id: 'sink',
  adapter: sinkAdapter,
  baseUrl: 'SINK_BASE_URL',
  credential: {},
  network: 'private',
  timeoutMs: 5_000,
  quietMs: 5_000,
});

export const integrations = [
  defineIntegration({
    name: 'bench',
    sources: [shop],
    targets: [sink],
    routes: [
      on(shop, 'order.changed').run(orderForward, {
        id: 'forward-order',
        target: sink,
        subject: ({ payload }) => payload.id,
        input: ({ payload: order }) => ({
          id: order.id,
          order: order.order,
          number: order.number,
          currency: order.currency,
          total: order.total,
          customer: { ...order.customer },
          address: { ...order.address },
          lines: order.lines.map((line) => ({ ...line })),
        }),
      }),
    ],
  }),
];
