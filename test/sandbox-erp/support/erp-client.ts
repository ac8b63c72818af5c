// A caller of the sandbox ERP in the tests: logs in, calls the API, turns the switches, reads the state.
// Goes through the Worker's own fetch handler, so that everything between a socket and a row is under test.
import { exports } from 'cloudflare:workers';
import { expect } from 'vitest';
import { testSecrets } from '../../support/test-bindings.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are JSON of many shapes, and each test says what it expects
export type Json = any;

export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Json };

type Send = (request: Request) => Promise<Response>;

const send: Send = (request) => (exports as unknown as { default: { fetch: Send } }).default.fetch(request);

const base = 'http://127.0.0.1:8788';

export async function request(
  method: string,
  path: string,
  init: { body?: unknown; headers?: HeadersInit } = {},
) {
  const body = init.body === undefined ? null : JSON.stringify(init.body);
  return send(new Request(base + path, { method, body, headers: init.headers ?? {} }));
}

async function toAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
}

export const control = async (method: string, path: string, body?: unknown): Promise<Answer> =>
  toAnswer(await request(method, `/sandbox${path}`, { body }));

export const reset = (): Promise<Answer> => control('POST', '/reset');

/** Replaces all faults. */
export async function setFaults(faults: Record<string, unknown>): Promise<void> {
  expect((await control('PUT', '/faults', faults)).status).toBe(200);
}

export async function changeSettings(settings: Record<string, unknown>): Promise<void> {
  expect((await control('PATCH', '/settings', settings)).status).toBe(200);
}

export const state = async (query = ''): Promise<Json> => (await control('GET', `/state${query}`)).body;

export const mainKey = {
  keyId: testSecrets.SANDBOX_ERP_KEY_ID,
  secret: testSecrets.SANDBOX_ERP_KEY_SECRET,
};

export const logIn = async (credential: Record<string, unknown> = mainKey): Promise<Answer> =>
  toAnswer(await request('POST', '/auth/token', { body: credential }));

export type ErpClient = {
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string): Promise<Answer>;
  /** Calls with POST; fails the test unless it succeeds. */
  post(path: string, body?: unknown): Promise<Json>;
  /** Calls with POST; gives the error back and fails the test unless there is one. */
  refused(path: string, body?: unknown): Promise<Json>;
};

export async function createErpClient(credential?: Record<string, unknown>): Promise<ErpClient> {
  const login = await logIn(credential);
  expect(login.status).toBe(200);
  const authorization = `Bearer ${login.body.token}`;
  // biome-ignore lint/complexity/useMaxParams: a test reads best as method, path, body, headers
  const call: ErpClient['call'] = async (method, path, body, headers = {}) =>
    toAnswer(await request(method, path, { body, headers: { authorization, ...headers } }));
  return {
    call,
    get: (path) => call('GET', path),
    post: async (path, body = {}) => {
      const answer = await call('POST', path, body);
      expect([200, 201], JSON.stringify(answer.body)).toContain(answer.status);
      return answer.body;
    },
    refused: async (path, body = {}) => {
      const answer = await call('POST', path, body);
      expect(answer.status, JSON.stringify(answer.body)).toBeGreaterThanOrEqual(400);
      return answer.body.error;
    },
  };
}

/** An order of two lines and 29.35 EUR: 2 × 10.00 and 3 × 1.45, 5.00 shipping, 2.00 tax, 2.00 off. */
export const order = (orderId: string, change: Record<string, unknown> = {}) => ({
  ...{ orderId, relayKey: `order/${orderId}/sandbox/sale.confirm`, currency: 'EUR', state: 'confirmed' },
  customer: { customerId: 'c-1', name: 'Ada Lovelace', email: 'ada@example.test' },
  lines: [
    { lineId: '1', sku: 'SKU-1', quantity: 2, unitPrice: '10.00' },
    { lineId: '2', sku: 'SKU-2', quantity: 3, unitPrice: '1.45' },
  ],
  ...{ shippingTotal: '5.00', taxTotal: '2.00', discountTotal: '2.00', total: '29.35' },
  ...change,
});

/** A confirmed order with its posted invoice. */
export async function createInvoicedOrder(
  erp: ErpClient,
  orderId: string,
  change: Record<string, unknown> = {},
) {
  const sale = await erp.post('/api/orders', order(orderId, change));
  const draft = await erp.post('/api/invoices', {
    orderId,
    relayKey: `order/${orderId}/sandbox/invoice.post`,
  });
  return { sale, invoice: await erp.post(`/api/invoices/${draft.documentId}/post`) };
}

export const payment = (paymentId: string, orderId: string, change: Record<string, unknown> = {}) => ({
  ...{
    paymentId,
    orderId,
    relayKey: `order/${orderId}/sandbox/payment.register/${paymentId}`,
    amount: '29.35',
  },
  ...{ currency: 'EUR', paidAt: '2026-11-20T10:00:00Z', method: 'card', ...change },
});

export const creditNote = (refundId: string, orderId: string, change: Record<string, unknown> = {}) => ({
  ...{
    refundId,
    orderId,
    relayKey: `order/${orderId}/sandbox/credit_note.issue/${refundId}`,
    amount: '10.00',
  },
  ...{ currency: 'EUR', ...change },
});
