// Everything kept of one delivery, enough to reconstruct what happened: the event as it came, each attempt with what was
// sent and answered, the ledger's word, and what else runs under its ordering key. The sequencer speaks first; the journal
// adds what it no longer holds.

import type { Attempt } from '../../core/delivery.ts';
import type { EventPayload, WebhookEvent } from '../../core/event.ts';
import { parseId } from '../../core/ids.ts';
import { limits } from '../../core/limits.ts';
import type { RelayDefinition } from '../../core/relay-definition.ts';
import type { DeliveryView, FindAnswer } from '../../core/sequencer/messages.ts';
import { type ArchivedDelivery, PortError } from '../../pipeline/ports.ts';
import { findHolder } from '../../pipeline/sequencers.ts';
import { within } from '../../pipeline/within.ts';
import { named, seesPayloads, type Viewer } from '../access/redact.ts';
import { withoutPayloads } from '../access/without-payloads.ts';
import type { HttpServices } from '../services.ts';
import { toIso, toWireAttempt, toWireBody, toWireDelivery, toWireEvent, toWireLedger } from '../to-wire.ts';
import { listDeliveries } from './list-deliveries.ts';
import { logOfDelivery } from './log-of-delivery.ts';

export type ShowServices = Pick<
  HttpServices,
  'audit' | 'clock' | 'definition' | 'journal' | 'sequencers' | 'telemetry'
>;

export type Shown =
  | { readonly kind: 'shown'; readonly body: object }
  | { readonly kind: 'not_found' }
  /** The sequencer does not hold it, and the journal cannot be asked. */
  | { readonly kind: 'journal_unavailable' };

export async function showDelivery(
  services: ShowServices,
  deliveryId: string,
  viewer: Viewer,
): Promise<Shown> {
  const { sequencers } = services;
  const id = parseId('dlv', deliveryId);
  if (!id.ok) return { kind: 'not_found' };
  const live = (await findHolder(sequencers, id.value, deliveryId))?.found ?? null;
  const archived = await findArchived(services, deliveryId);
  const found = live ?? (archived === 'unavailable' ? null : archived);
  if (found === null) return { kind: archived === 'unavailable' ? 'journal_unavailable' : 'not_found' };
  const kept = archived === 'unavailable' ? null : archived;
  const payload = live?.payload ?? kept?.payload ?? null;
  const { event, delivery, record } = found;
  const attempts = mergeAttempts(live, kept);
  const logged = await logOfDelivery(
    services,
    { event, delivery, attempts, fresh: record.acts ?? [] },
    viewer,
  );
  const shown = toWireDelivery(found, viewer);
  const whole = {
    ...shown,
    redacted: named(shown.redacted, logged.redacted),
    event: toWireEventDetail(services.definition, found, payload),
    policy: delivery.policy,
    ledger: toWireLedger(live?.ledger ?? delivery.effect),
    ...toWireEdit(delivery),
    attempts: attempts.map(toWireAttempt),
    log: logged.log,
    droppedAttemptCount: record.droppedAttempts,
    related: await related(services, found, viewer),
    journal: archived === 'unavailable' ? 'unavailable' : 'current',
  };
  const fields = personalFieldsOf(services.definition, event.source);
  return { kind: 'shown', body: seesPayloads(viewer) ? whole : withoutPayloads(whole, fields) };
}

/** What a person wrote in the place of the mapping's input, and what of it is another. */
function toWireEdit({ replay }: DeliveryView['delivery']) {
  const edited = replay?.edited ?? null;
  if (replay === null || edited === null || edited.from !== undefined)
    return { editedInput: null, edit: null };
  const { changes = null, otherCount = 0 } = edited.changed ?? {};
  return {
    editedInput: edited.input,
    edit: {
      by: edited.actor,
      at: toIso(replay.at),
      reason: edited.reason,
      changes,
      otherChangeCount: otherCount,
    },
  };
}

function personalFieldsOf({ sources }: RelayDefinition, source: string): readonly string[] {
  const definition = sources.get(source);
  return [...(definition?.preset.personalFields ?? []), ...(definition?.personalFields ?? [])];
}

async function findArchived(
  services: ShowServices,
  deliveryId: string,
): Promise<ArchivedDelivery | null | 'unavailable'> {
  try {
    return await within(services.clock, limits.operatorWaitMs, services.journal.find(deliveryId));
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    services.telemetry.log('error', 'journal.unavailable', { error: error.message });
    return 'unavailable';
  }
}

/** The journal's older attempts and those it has not acknowledged yet; one that is in both is shown once. */
function mergeAttempts(live: FindAnswer | null, archived: ArchivedDelivery | null): readonly Attempt[] {
  const deliveryId = live?.delivery.id;
  const fresh = live?.record.attempts.filter((attempt) => attempt.deliveryId === deliveryId) ?? [];
  const all = new Map<string, Attempt>();
  for (const attempt of [...(archived?.attempts ?? []), ...fresh]) {
    all.set(`${attempt.number}/${attempt.epoch}/${attempt.mode}`, attempt);
  }
  return [...all.values()].sort((a, b) => a.startedAt - b.startedAt || a.epoch - b.epoch);
}

function toWireEventDetail(
  definition: RelayDefinition,
  found: { readonly eventRecordId: string; readonly event: WebhookEvent },
  payload: EventPayload | null,
) {
  const event = toWireEvent(found.eventRecordId, found.event);
  if (payload === null) return { ...event, headers: null, body: null, parsed: null };
  const parsed = definition.sources.get(found.event.source)?.preset.parsePayload(payload);
  return {
    ...event,
    headers: payload.headers,
    body: toWireBody(payload.body),
    parsed: parsed?.ok === true ? parsed.value : null,
  };
}

async function related(services: ShowServices, { event, delivery }: DeliveryView, viewer: Viewer) {
  const request = {
    filter: { orderingKey: event.orderingKey },
    cursor: null,
    limit: limits.maxRelatedDeliveries + 1,
  };
  const page = await listDeliveries(services, request);
  const others = page.views.filter((view) => view.delivery.id !== delivery.id);
  return others.slice(0, limits.maxRelatedDeliveries).map((view) => toWireDelivery(view, viewer));
}
