// The whole way of a record: a body as its sender posts it, read by its preset, fetched over HTTP from the configured API.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { compileIntegrations } from '../../../src/core/compile-integrations.ts';
import { defineThinSource } from '../../../src/core/define-thin-source.ts';
import { bigcommerceRecords } from '../../../src/core/sources/bigcommerce-records.ts';
import { microsoftGraphRecords } from '../../../src/core/sources/microsoft-graph-records.ts';
import { mollieClassicRecords } from '../../../src/core/sources/mollie-classic-records.ts';
import { quickbooksRecords } from '../../../src/core/sources/quickbooks-records.ts';
import { xeroRecords } from '../../../src/core/sources/xero-records.ts';
import { createSenderApis } from '../../../src/platform/fetch/sender-apis.ts';
import { stepOf } from '../../support/scripted-sender-api.ts';

const api = { baseUrl: 'API_URL', token: 'API_TOKEN' };
const tenantId = 'c2cc9b6e-9458-4c7d-93cc-f02b81b0594f';
const id = '717f2bfc-c6d4-41fd-b238-3f2f0c0cf777';
const bearer = { authorization: 'Bearer token-1' };

const senders = {
  bigcommerce: {
    source: defineThinSource({ id: 'bigcommerce', secret: 'A', ...bigcommerceRecords(api) }),
    baseUrl: 'https://api.bigcommerce.com',
    body: '{"scope":"store/product/updated","producer":"stores/abc1","data":{"type":"product","id":205},"created_at":1767225600}',
    url: 'https://api.bigcommerce.com/stores/abc1/v3/catalog/products/205',
    headers: { 'x-auth-token': 'token-1' },
    answer: { data: { id: 205 } },
  },
  'mollie-classic': {
    source: defineThinSource({ id: 'mollie-classic', secret: 'B', ...mollieClassicRecords(api) }),
    baseUrl: 'https://api.mollie.com/v2',
    body: 'id=tr_7UhSN1zuXS',
    url: 'https://api.mollie.com/v2/payments/tr_7UhSN1zuXS',
    headers: bearer,
    answer: { id: 'tr_7UhSN1zuXS', status: 'paid' },
  },
  xero: {
    source: defineThinSource({ id: 'xero', secret: 'C', ...xeroRecords({ ...api, tenantId }) }),
    baseUrl: 'https://api.xero.com/api.xro/2.0',
    body: JSON.stringify({
      events: [
        {
          ...{ resourceId: id, tenantId, eventDateUtc: '2026-06-21T01:15:39.902' },
          ...{ eventType: 'UPDATE', eventCategory: 'CONTACT' },
        },
      ],
    }),
    url: `https://api.xero.com/api.xro/2.0/Contacts/${id}`,
    headers: { ...bearer, 'xero-tenant-id': tenantId },
    answer: { Contacts: [{ ContactID: id }] },
  },
  quickbooks: {
    source: defineThinSource({ id: 'quickbooks', secret: 'D', ...quickbooksRecords(api) }),
    baseUrl: 'https://quickbooks.api.intuit.com',
    body: '{"eventNotifications":[{"realmId":"310687","dataChangeEvent":{"entities":[{"name":"Invoice","id":"95","operation":"Update","lastUpdated":"2026-09-08T20:52:31.657Z"}]}}]}',
    url: 'https://quickbooks.api.intuit.com/v3/company/310687/invoice/95',
    headers: bearer,
    answer: { Invoice: { Id: '95' } },
  },
  'microsoft-graph': {
    source: defineThinSource({ id: 'graph', secret: 'E', ...microsoftGraphRecords(api) }),
    baseUrl: 'https://graph.microsoft.com/v1.0',
    body: '{"value":[{"subscriptionId":"s1","changeType":"created","clientState":"E","resource":"Users/u1/Messages/AAMk=","resourceData":{"@odata.type":"#Microsoft.Graph.Message","@odata.etag":"W/1","id":"AAMk="}}]}',
    url: 'https://graph.microsoft.com/v1.0/Users/u1/Messages/AAMk=',
    headers: bearer,
    answer: { id: 'AAMk=' },
  },
};

type Sender = (typeof senders)[keyof typeof senders];

async function eventOf({ source, body }: Sender) {
  const { preset } = source;
  const request = {
    ...{ source: source.id, method: 'POST', url: '/', repeatedHeaders: [], requestId: 'r1', receivedAt: 0 },
    headers: { 'webhook-id': 'msg_1' },
    body: new TextEncoder().encode(body),
    verifiedWith: 'current',
  } as never;
  const many = await preset.identifyMany?.(request);
  const first = many === undefined ? await preset.identify(request) : many.ok ? many.value[0] : undefined;
  if (first === undefined || !first.ok) throw new Error('the body cannot be read');
  const { eventId, type, entity, payload } = first.value;
  return { id: eventId, source: source.id, type, entity, headers: {}, payload };
}

async function fetchRecord(sender: Sender, answer: Response) {
  const fetch = vi.spyOn(globalThis, 'fetch').mockResolvedValue(answer);
  const clock = { now: () => 0, wait: async () => {} };
  const settings = new Map([[sender.source.id, { baseUrl: sender.baseUrl, token: 'token-1' }]]);
  const opened = createSenderApis({ settings, clock }).open(sender.source, 60_000);
  const event = await eventOf(sender);
  const result = await stepOf(sender.source).enrich(event, opened);
  const [url, init] = fetch.mock.calls[0] ?? [];
  return { event, result, url: String(url), headers: Object.fromEntries(new Headers(init?.headers)) };
}

afterEach(() => vi.restoreAllMocks());

describe.each(Object.entries(senders))('a record of %s', (_name, sender) => {
  it('is fetched from its place with its token, as JSON', async () => {
    const { event, result, url, headers } = await fetchRecord(sender, Response.json(sender.answer));
    expect(stepOf(sender.source).types).toContain(event.type);
    expect(url).toBe(sender.url);
    expect(headers).toMatchObject({ ...sender.headers, accept: 'application/json' });
    expect(result.ok).toBe(true);
  });

  it.each([
    [404, 'not_found'],
    [401, 'unauthorized'],
    [429, 'rate_limited'],
    [503, 'unavailable'],
  ])('after a %i is %s, and waits as long as it is told', async (status, reason) => {
    const answer = new Response('{}', { status, headers: { 'retry-after': '7' } });
    const { result } = await fetchRecord(sender, answer);
    expect(result).toMatchObject({ ok: false, error: { reason, retryAfterMs: 7_000 } });
  });
});

describe('sources with a ready enrich step', () => {
  it('start as they are', () => {
    const sources = Object.values(senders).map(({ source }) => source);
    const compiled = compileIntegrations([{ name: 'thin', sources, targets: [], routes: [] }]);
    expect(compiled.ok ? [] : compiled.error).toEqual([]);
  });
});
