// What must be true of batches at the end of a story: each record was done once, also those whose dead letters were replayed
// alone; and of a batch that was to be whole, never a part.

import { recordKeyOf } from '../../src/core/keys.ts';
import type { EventRecord } from '../../src/core/sequencer/record.ts';
import { batchOf, postInvoices } from './simulated-batches.ts';
import type { SimulatedErp } from './simulated-erp.ts';

export function checkBatches(on: {
  readonly problem: (text: string) => void;
  readonly erp: SimulatedErp;
  readonly records: readonly EventRecord[];
}): void {
  const { problem, erp } = on;
  for (const { event, deliveries } of on.records) {
    const batch = deliveries.find(
      ({ operation, replay }) => operation === postInvoices.name && replay === null,
    );
    if (batch === undefined) continue;
    const instants = new Set<number>();
    for (const { recordId } of batchOf(event.eventId).records) {
      const documents = erp.documentsOf(recordKeyOf(batch.operationKey ?? '', recordId));
      if (documents.length !== 1)
        problem(`record ${recordId} of batch ${event.eventId} was done ${documents.length} times`);
      for (const { committedAt } of documents) instants.add(committedAt);
    }
    if (batch.policy.batch === 'all_or_nothing' && instants.size > 1)
      problem(`batch ${event.eventId} was to be whole and was done in ${instants.size} parts`);
  }
}
