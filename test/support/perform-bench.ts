// One attempt of one sale against a handler a test makes up: the real perform stage, no network, a clock that stands.

import type { LedgerEffect } from '../../src/core/delivery.ts';
import type { OperationHandler } from '../../src/core/erp.ts';
import type { LeasedDelivery, Settlement } from '../../src/core/sequencer/messages.ts';
import { perform } from '../../src/pipeline/perform.ts';
import { makeDelivery, makeEvent, makePayload, testTime } from './records.ts';
import { relayWith, testAdapter } from './relay.ts';

export const saleDocument = {
  documentId: 'SO-1',
  documentNumber: 'SO-1',
  state: 'confirmed',
  orderId: '1001',
  currency: 'EUR',
  total: '10.00',
  lines: [{ sku: 'mug', quantity: 1 }],
};

export async function tryOnce(
  handler: OperationHandler,
  options: {
    readonly ledger?: LedgerEffect /** The ledger's word is this delivery's. */;
    readonly own?: boolean;
  },
): Promise<{ readonly settlement: Settlement }> {
  const { ledger = null, own = true } = options;
  const definition = relayWith({});
  const erp = definition.targets.get('erp');
  if (erp === undefined) throw new Error('the test relay has no target erp');
  const adapter = { ...testAdapter, operations: { 'sale.confirm': handler } };
  const rules = { ...definition, targets: new Map([['erp', { ...erp, adapter }]]) };
  const leased: LeasedDelivery = {
    delivery: makeDelivery({ routeId: 'shop.confirm-sale', effect: own ? ledger : null }),
    eventRecordId: 'evt_0_1',
    event: makeEvent({ source: 'shop', type: 'order.placed' }),
    payload: makePayload(
      JSON.stringify({
        type: 'order.placed',
        timestamp: '2026-03-01T12:00:00Z',
        data: { id: '1001', total: '10.00' },
      }),
    ),
    epoch: 7,
    ledger,
    successorWaits: false,
  };
  const settlement = await perform(
    {
      rules,
      clock: { now: () => testTime, wait: async () => {} },
      confirm: async () => 'go',
      connections: {
        open: () => ({
          erp: { send: () => Promise.reject(new Error('this test has no network')) },
          exchanges: [],
          lastWriteAt: () => null,
          writeCount: () => 0,
        }),
      },
    },
    leased,
    testTime + 30_000,
  );
  return { settlement };
}
