// Finds a past delivery with its event and body: in the sequencer while it holds them, else in the journal.
// Reads only. That the journal is away is a value where it is needed, and no matter where it is not.

import type { Attempt, Delivery, LedgerEffect } from '../core/delivery.ts';
import type { EventPayload, WebhookEvent } from '../core/event.ts';
import { parseId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { EventRecord } from '../core/sequencer/record.ts';
import { type JournalReader, PortError, type Sequencers } from './ports.ts';
import { findHolder } from './sequencers.ts';

export type LoadedDelivery = {
  readonly delivery: Delivery;
  readonly event: WebhookEvent;
  readonly record: EventRecord;
  readonly payload: EventPayload;
  readonly ledger: LedgerEffect | null;
  /** The delivery of a newer input by which a replay is superseded unless it is forced; null: none is known. */
  readonly newerInput: string | null;
  /** Who holds the body. */
  readonly heldBy: 'sequencer' | 'journal';
};

export type LoadFailure =
  | { readonly kind: 'not_found' }
  /** Nobody can say now; the same call can be made again. */
  | { readonly kind: 'unavailable'; readonly message: string }
  /** The body is gone for good: retention removed it. */
  | { readonly kind: 'conflict'; readonly reason: 'payload_removed'; readonly message: string };

export async function loadDelivery(
  { sequencers, journal }: { readonly sequencers: Sequencers; readonly journal: Pick<JournalReader, 'find'> },
  deliveryId: string,
): Promise<Result<LoadedDelivery, LoadFailure>> {
  const id = parseId('dlv', deliveryId);
  if (!id.ok) return err({ kind: 'not_found' });
  const holder = await findHolder(sequencers, id.value, deliveryId);
  const found = holder?.found ?? null;
  if (found !== null && found.payload !== null) {
    const { delivery, event, record, payload, ledger = delivery.effect } = found;
    const newerInput = found.newerInput ?? null;
    return ok({ delivery, event, record, payload, ledger, newerInput, heldBy: 'sequencer' });
  }
  const archived = await readArchive(journal, deliveryId);
  if (!archived.ok) return archived;
  if (archived.value === null) return err({ kind: 'not_found' });
  const { payload, record } = archived.value;
  if (payload === null) {
    const message = 'the body of the event is past its retention';
    return err({ kind: 'conflict', reason: 'payload_removed', message });
  }
  const { delivery, event } = found ?? archived.value;
  return ok({
    delivery,
    event,
    record,
    payload,
    ledger: found?.ledger ?? delivery.effect,
    newerInput: found?.newerInput ?? null,
    heldBy: 'journal',
  });
}

/** Its attempts: those the journal has not acknowledged stand with the event, the others in the journal. */
export async function loadAttempts(
  { journal }: { readonly journal: Pick<JournalReader, 'find'> },
  { delivery, record }: Pick<LoadedDelivery, 'delivery' | 'record'>,
): Promise<Result<readonly Attempt[], LoadFailure>> {
  const own = record.attempts.filter(({ deliveryId }) => deliveryId === delivery.id);
  const archived = await readArchive(journal, delivery.id);
  // The newest tell: where the sequencer has some, a journal that is away is missed by nobody.
  if (!archived.ok) return own.length > 0 ? ok(own) : archived;
  return ok([...(archived.value?.attempts ?? []), ...own]);
}

async function readArchive(journal: Pick<JournalReader, 'find'>, deliveryId: string) {
  try {
    return ok(await journal.find(deliveryId));
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    return err({ kind: 'unavailable', message: 'the journal is away' } as const);
  }
}
