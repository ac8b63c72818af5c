// The relay a simulation runs: one source, one ERP that can only be searched, and routes that use every rule of a line.
// Real routes and a real adapter over the connection port; nothing of it knows that it is simulated.

import * as z from 'zod';
import type {
  AdapterFailure,
  BatchHandler,
  ErpAdapter,
  ErpCall,
  ErpCallFailure,
  ErpResponse,
} from '../../src/core/erp.ts';
import type { JsonValue } from '../../src/core/json.ts';
import type { AnyOperation } from '../../src/core/operation.ts';
import type { ErpDocument } from '../../src/core/outcome.ts';
import type { RelayDefinition, SourceDefinition } from '../../src/core/relay-definition.ts';
import type { Route } from '../../src/core/route.ts';
import { standardWebhooks } from '../../src/core/sources/standard-webhooks.ts';
import type { TargetDefinition } from '../../src/core/target.ts';
import { times } from './faults.ts';
import { batchOf, createBatchHandler, postInvoices } from './simulated-batches.ts';
import { mailSource } from './simulated-intakes.ts';

export type SimulatedDefinition = Pick<RelayDefinition, 'sources' | 'targets' | 'findRoute' | 'routesFor'>;

const input = z.object({ amount: z.number(), sequence: z.number() });
const output = z.looseObject({
  documentId: z.string(),
  documentNumber: z.string(),
  state: z.string(),
}) as unknown as z.ZodType<ErpDocument>;

function operationOf(name: string, repeats: AnyOperation['repeats'], replacesState = false): AnyOperation {
  return { name, version: 1, input, output, requires: [], repeats, replacesState, compare: () => [] };
}

const confirmSale = operationOf('sale.confirm', 'never');
const registerPayment = operationOf('payment.register', 'per_subject');
const setStock = operationOf('stock.set', 'per_version', true);

const policy: Route['policy'] = {
  after: [],
  waitMs: 20_000,
  onStale: 'run',
  onDeadLetter: 'block',
  retry: { attempts: 4, baseMs: 2_000, capMs: 4_000 },
};

const base = {
  source: 'shop',
  target: 'erp',
  timeoutMs: null,
  subject: (event: { readonly id: string }) => event.id,
  input: (event: { readonly payload: unknown }) => (event.payload as { readonly data: unknown }).data,
};

const paidAfterCreated = [{ kind: 'type', source: 'shop', type: 'order.created', target: 'erp' }] as const;

const mailRoute = { ...base, source: 'mail', operation: registerPayment, policy };

const batchRoute = {
  ...base,
  operation: postInvoices as unknown as AnyOperation,
  input: (event: { readonly id: string }) => batchOf(event.id),
};

const routes: readonly Route[] = [
  { ...base, id: 'shop.confirm', type: 'order.created', operation: confirmSale, policy },
  {
    ...base,
    id: 'shop.pay',
    type: 'order.paid',
    operation: registerPayment,
    policy: { ...policy, after: paidAfterCreated },
  },
  {
    ...base,
    id: 'shop.note',
    type: 'order.paid',
    operation: confirmSale,
    target: 'crm',
    policy: { ...policy, onDeadLetter: 'continue' },
  },
  {
    ...base,
    id: 'shop.stock',
    type: 'stock.level',
    operation: setStock,
    policy: { ...policy, onStale: 'skip', jobTimeoutMs: times.jobTimeoutMs },
    subject: () => 'SKU-7',
    version: (event) => event.id,
  },
  { ...mailRoute, id: 'mail.full', type: 'mail.full' },
  { ...mailRoute, id: 'mail.thin', type: 'mail.thin' },
  { ...batchRoute, id: 'shop.partial', type: 'invoices.partial', policy: { ...policy, batch: 'partial' } },
  { ...batchRoute, id: 'shop.whole', type: 'invoices.whole', policy: { ...policy, batch: 'all_or_nothing' } },
];

const source: SourceDefinition = {
  id: 'shop',
  preset: standardWebhooks(),
  secretVariable: 'SHOP_SECRET',
  previousSecretVariable: 'SHOP_SECRET_PREVIOUS',
};

export type DefinitionOptions = {
  readonly quietMs?: number | undefined;
  /** Around the handler of batches. */
  readonly batches?: ((handler: BatchHandler) => BatchHandler) | undefined;
};

export function simulatedDefinition({
  quietMs = times.quietMs,
  batches,
}: DefinitionOptions): SimulatedDefinition {
  const handled = batches?.(batchHandler) ?? batchHandler;
  const targetOf = (id: string): TargetDefinition => ({
    id,
    adapter: { ...adapter, batches: { [postInvoices.name]: handled } },
    baseUrlVariable: 'ERP_URL',
    credentialVariables: {},
    network: 'private',
    timeoutMs: times.timeoutMs,
    quietMs,
    // Quick to open and to probe: a story is a minute long.
    circuit: { openWhen: [{ kind: 'failures_in_a_row', count: 3 }], openMs: 2_000, openCapMs: 8_000 },
    limits: id === 'crm' ? { concurrency: 1, rate: { calls: 1, perMs: 1_000 } } : {},
  });
  return {
    sources: new Map([source, mailSource].map((each) => [each.id, each])),
    targets: new Map(['erp', 'crm'].map((id) => [id, targetOf(id)])),
    findRoute: (id) => routes.find((route) => route.id === id) ?? null,
    routesFor: (id, type) => routes.filter((route) => route.source === id && route.type === type),
  };
}

const handler = {
  lookup: async ({ key, erp }: ErpCall<unknown>) => {
    const answer = await erp.send({ method: 'GET', path: '/documents', query: { key }, write: false });
    if (answer.kind !== 'response') return callFailed(answer);
    if (answer.status === 404) return { kind: 'not_found' } as const;
    return answer.status === 200 ? ({ kind: 'found', answer: documentIn(answer) } as const) : refused(answer);
  },
  perform: async ({ key, input: given, erp }: ErpCall<unknown>) => {
    const body = { key, input: given as JsonValue };
    const answer = await erp.send({ method: 'POST', path: '/documents', body, write: true });
    if (answer.kind !== 'response') return callFailed(answer);
    if (answer.status === 202) {
      const { jobRef } = answer.json as { readonly jobRef: string };
      return { kind: 'accepted', jobRef, pollAfterMs: 1_000 } as const;
    }
    return answer.status === 201
      ? ({ kind: 'performed', answer: documentIn(answer) } as const)
      : refused(answer);
  },
  poll: async ({ erp }: ErpCall<unknown>, jobRef: string) => {
    const answer = await erp.send({ method: 'GET', path: '/jobs', query: { jobRef }, write: false });
    if (answer.kind !== 'response') return callFailed(answer);
    if (answer.status === 404) return { kind: 'job_unknown' } as const;
    if (answer.status !== 200) return refused(answer);
    const isWorking = (answer.json as { readonly working?: boolean }).working === true;
    if (isWorking) return { kind: 'working', pollAfterMs: 1_000, progress: null } as const;
    return { kind: 'performed', answer: documentIn(answer) } as const;
  },
  verify: async (_call: ErpCall<unknown>, answer: JsonValue) =>
    ({ kind: 'verified', output: answer }) as const,
};

const batchHandler = createBatchHandler({ callFailed, refused });

const adapter: ErpAdapter = {
  name: 'simulated',
  version: '1.0.0',
  level: 'documented',
  once: 'searchable_field',
  credentialFields: [],
  session: {
    login: async () => ({ kind: 'refused', message: 'never asked' }),
    authorize: () => ({}),
    isExpired: () => false,
  },
  operations: {
    'sale.confirm': handler,
    'payment.register': handler,
    'stock.set': handler,
    'invoice.post': handler,
  },
};

function documentIn(answer: ErpResponse): JsonValue {
  const { documentId = null } = answer.json as { readonly documentId?: string };
  return { documentId, documentNumber: documentId, state: 'confirmed' };
}

function callFailed(failure: ErpCallFailure): AdapterFailure {
  return { kind: 'call_failed', failure };
}

function refused(answer: ErpResponse): AdapterFailure {
  if (answer.status === 401) return callFailed({ kind: 'unauthorized', message: 'the token was refused' });
  if (answer.status === 422) {
    return { kind: 'rejected', code: 'period_closed', message: 'the period is closed', fieldErrors: [] };
  }
  return { kind: 'retryable', reason: 'erp_unavailable', message: `status ${answer.status}` };
}
