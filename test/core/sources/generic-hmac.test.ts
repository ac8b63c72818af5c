// A sender told by options: where its fields stand, what is compulsory, and which definitions do not start.
import { describe, expect, it } from 'vitest';
import { type WarehouseReceipt, warehouseReceipt } from '../../../scripts/lib/payloads.ts';
import { signedRequest } from '../../../scripts/lib/senders.ts';
import type { ReceivedRequest, SourcePreset } from '../../../src/core/source.ts';
import { type GenericHmacOptions, genericHmac } from '../../../src/core/sources/generic-hmac.ts';
import { noon, received, receivedFrom } from '../../support/requests.ts';

type Topics = { readonly 'receipt.completed': WarehouseReceipt };

const options: GenericHmacOptions<Topics> = {
  name: 'warehouse',
  signature: {
    header: 'X-Warehouse-Signature',
    prefix: 'sha256=',
    signed: '{timestamp}.{body}',
    timestamp: { header: 'X-Warehouse-Timestamp' },
  },
  id: { header: 'X-Warehouse-Event-Id' },
  type: { header: 'X-Warehouse-Event' },
  entity: { kind: 'receipt', path: 'receipt_id' },
  sequence: { path: 'sequence' },
  occurredAt: { path: 'received_at' },
  topics: ['receipt.completed'],
};
const warehouse = genericHmac(options);

async function identify(preset: SourcePreset, request: ReceivedRequest) {
  const identity = await preset.identify({ ...request, verifiedWith: 'current' });
  return identity.ok ? identity.value : identity.error;
}

describe('a generic HMAC source', () => {
  it('reads its fields where the options say', async () => {
    const signed = signedRequest('generic-hmac', {
      secret: 's',
      topic: 'receipt.completed',
      payload: warehouseReceipt({ id: 'R-7', purchaseOrder: 'PO-1', at: noon, sequence: 3 }),
      now: noon,
      id: 'whe_1',
    });
    expect(await identify(warehouse, receivedFrom(signed))).toMatchObject({
      eventId: 'whe_1',
      type: 'receipt.completed',
      entity: { kind: 'receipt', id: 'R-7' },
      sequence: 3,
      occurredAt: noon,
      payload: { purchase_order: 'PO-1' },
    });
    expect(warehouse.topics).toEqual(['receipt.completed']);
  });

  const deep = genericHmac({
    signature: { header: 'x-signature' },
    id: { path: '$.meta.ids[1]' },
    type: { fixed: 'ping' },
    entity: { kind: 'order', path: 'data.order.id', optional: true },
    sequence: { header: 'X-Sequence' },
  });

  it('reads paths into objects and arrays, and headers', async () => {
    const request = received({
      headers: { 'x-sequence': '42' },
      body: '{"meta":{"ids":["a",9007199254740993]},"data":{"order":{"id":12}}}',
    });
    expect(await identify(deep, request)).toMatchObject({
      eventId: '9007199254740993',
      type: 'ping',
      entity: { kind: 'order', id: '12' },
      sequence: 42,
      occurredAt: null,
    });
  });

  it('does without an optional entity and without a sequence', async () => {
    expect(await identify(deep, received({ body: '{"meta":{"ids":["a","b"]}}' }))).toMatchObject({
      eventId: 'b',
      entity: null,
      sequence: null,
    });
  });

  it('takes instants as a sequence', async () => {
    const request = (value: string) =>
      received({ headers: { 'x-sequence': value }, body: '{"meta":{"ids":["a","b"]}}' });
    expect(await identify(deep, request('2026-11-24T12:00:00Z'))).toMatchObject({ sequence: noon });
    for (const wrong of ['12.5', '-1', 'soon', '2026-11-24']) {
      expect(await identify(deep, request(wrong))).toMatchObject({
        reason: 'invalid_field',
        field: 'header x-sequence',
      });
    }
  });

  it('reads no path through what an object inherits', async () => {
    const inherited = genericHmac({
      signature: { header: 'x-signature' },
      id: { path: 'constructor.name' },
      type: { fixed: 'x' },
    });
    expect(await identify(inherited, received({ body: '{}' }))).toMatchObject({
      field: 'body $.constructor.name',
    });
    const length = genericHmac({
      signature: { header: 'x-signature' },
      id: { path: 'list.length' },
      type: { fixed: 'x' },
    });
    expect(await identify(length, received({ body: '{"list":[1,2]}' }))).toMatchObject({
      reason: 'missing_field',
    });
  });

  it.each([
    ['{"receipt_id":""}', 'missing_field', 'body $.receipt_id'],
    ['{}', 'missing_field', 'body $.receipt_id'],
    ['{"receipt_id":true}', 'invalid_field', 'body $.receipt_id'],
    ['{"receipt_id":"R","sequence":"x"}', 'invalid_field', 'body $.sequence'],
    ['{"receipt_id":"R","received_at":"yesterday"}', 'invalid_field', 'body $.received_at'],
    ['{"receipt_id":"\\ud800"}', 'invalid_field', 'body $.receipt_id'],
  ])('says which field of %s is missing or wrong', async (body, reason, field) => {
    const headers = { 'x-warehouse-event-id': 'e', 'x-warehouse-event': 'receipt.completed' };
    expect(await identify(warehouse, received({ headers, body }))).toMatchObject({ reason, field });
  });

  it.each([
    [{ ...options, id: { path: 'a..b' } }, 'warehouse: id "a..b" must be a path like data.order.id'],
    [{ ...options, entity: { kind: '', path: 'a' } }, 'warehouse: entity.kind must not be empty'],
    [
      { ...options, entity: { kind: 'x', path: '' } },
      'warehouse: entity "" must be a path like data.order.id',
    ],
    [
      { ...options, signature: { header: 'x y' } },
      'signature of warehouse: header "x y" must be a header name',
    ],
  ] satisfies readonly (readonly [GenericHmacOptions<Topics>, string])[])(
    'does not start with a wrong definition: case %#',
    (wrong, message) => {
      expect(() => genericHmac(wrong)).toThrow(message);
    },
  );
});
