// What a source was not granted: refused before the ERP hears of it, told once and bounded, and never decided by a silence.
import { describe, expect, it } from 'vitest';
import type { Grant } from '../../src/core/identity/access-view.ts';
import type { OperatorAct } from '../../src/core/operator-act.ts';
import type { LeasedDelivery, Settlement } from '../../src/core/sequencer/messages.ts';
import { performIfGranted } from '../../src/pipeline/perform-if-granted.ts';
import { PortError } from '../../src/pipeline/ports.ts';
import { createSourceGrants } from '../../src/pipeline/source-grants.ts';
import { makeDelivery, makeEvent } from '../support/records.ts';

const clock = { now: () => 1_000_000 };

function grantsOf(sourceGrants: Record<string, readonly Grant[]> | 'away') {
  const acts: OperatorAct[] = [];
  const reported: string[] = [];
  const log: string[] = [];
  const grants = createSourceGrants({
    copy: {
      lenient: async () => {
        if (sourceGrants === 'away') throw new PortError('away', { retryable: false, overloaded: false });
        return { sourceGrants } as never;
      },
    },
    audit: { record: async (act) => void acts.push(act) },
    alerts: { report: async ({ conditions }) => void reported.push(...conditions.map(({ cause }) => cause)) },
    clock,
    randomness: { uuid: () => 'id' },
    telemetry: { log: (_level, event) => void log.push(event) },
  });
  return { grants, acts, reported, log };
}

const event = makeEvent({ source: 'shop' });
const delivery = makeDelivery({ operation: 'sale.confirm', target: 'erp' });
const leased: LeasedDelivery = {
  ...{ delivery, event, eventRecordId: 'evt_0_1', epoch: 3, ledger: null, successorWaits: false },
  payload: { headers: {}, body: new Uint8Array() },
};

async function run(sourceGrants: Parameters<typeof grantsOf>[0], changes: Partial<LeasedDelivery> = {}) {
  const world = grantsOf(sourceGrants);
  let performed = 0;
  const settlement = await performIfGranted(
    { sourceGrants: world.grants, clock },
    { ...leased, ...changes },
    async () => {
      performed += 1;
      return {} as Settlement;
    },
  );
  return { ...world, settlement, performed };
}

describe('a delivery of a source', () => {
  it('runs where nothing was set, and where it was granted', async () => {
    for (const grants of [{}, { shop: [{ operation: 'sale.confirm', target: '*' }] }, { other: [] }])
      expect((await run(grants)).performed).toBe(1);
  });

  it('that was not granted is dead-lettered untried, audited and alerted', async () => {
    const { performed, settlement, acts, reported } = await run({
      shop: [{ operation: 'stock.set', target: 'erp' }],
    });
    expect(performed).toBe(0);
    expect(settlement.result).toMatchObject({
      outcome: { kind: 'rejected', code: 'not_granted', effect: 'none' },
    });
    expect(acts).toMatchObject([{ actor: 'source/shop', action: 'refused', deliveryId: delivery.id }]);
    expect(reported).toEqual(['source/shop/sale.confirm on erp']);
  });

  it('waits, at no cost, where nobody can say', async () => {
    const { performed, settlement } = await run('away');
    expect(performed).toBe(0);
    expect(settlement.result).toMatchObject({ kind: 'returned', target: 'erp' });
  });

  it('that may have been done already is looked after all the same', async () => {
    const ledger = { kind: 'possibly_done', since: 1, inputHash: null } as never;
    expect((await run({ shop: [] }, { ledger })).performed).toBe(1);
  });

  it('refused over and over fills neither the audit nor the alerts', async () => {
    const { grants, acts, log } = grantsOf({ shop: [] });
    for (let count = 0; count < 100; count += 1)
      await grants.noteRefused({
        ...{ source: 'shop', operation: 'sale.confirm', target: 'erp' },
        ...{ deliveryId: 'dlv_0_1', orderingKey: 'order/1' },
      });
    expect(acts).toHaveLength(30);
    expect(log).toHaveLength(100);
  });
});
