// One list out of two: the sequencers say what is open, the journal what is closed. Open ones are read first, then the
// journal is brought up to date, then it is read: what closes in between is in both and shown once, and never in neither.
// Without the journal the open ones still answer, and the answer says what is missing.

import type { DeliveryStatus } from '../../core/delivery.ts';
import {
  closedStatuses,
  compareInList,
  isAfterCursor,
  matchesFilter,
  openStatuses,
} from '../../core/delivery-filter.ts';
import { limits } from '../../core/limits.ts';
import type { DeliveryView, ListCursor, ListRequest } from '../../core/sequencer/messages.ts';
import type { JournalPage, Sequencer } from '../../pipeline/ports.ts';
import { within } from '../../pipeline/within.ts';
import type { HttpServices } from '../services.ts';

export type ListServices = Pick<HttpServices, 'clock' | 'journal' | 'sequencers' | 'telemetry'>;

/** `behind`: it did not get all that was done; `unavailable`: closed deliveries are missing; `not_asked`: none were wanted. */
export type JournalStanding = 'current' | 'behind' | 'unavailable' | 'not_asked';

export type DeliveryPage = {
  readonly views: readonly DeliveryView[];
  /** From where the next page goes on; null: there is none. */
  readonly next: ListCursor | null;
  readonly journal: JournalStanding;
};

export async function listDeliveries(services: ListServices, request: ListRequest): Promise<DeliveryPage> {
  const { filter, cursor, limit } = request;
  const wanted = filter.status ?? [...openStatuses, ...closedStatuses];
  const open = wanted.filter(isIn(openStatuses));
  const closed = wanted.filter(isIn(closedStatuses));
  const sequencers = sequencersFor(services, request);
  // Under one ordering key the sequencer finds what is closed, too, and the journal has no index for what simply succeeded.
  const live = filter.orderingKey === undefined ? open : wanted;
  const ask = (status: readonly DeliveryStatus[]): ListRequest => ({
    filter: { ...filter, status },
    cursor,
    limit: limit + 1,
  });
  const askOpen = (sequencer: Sequencer) =>
    within(services.clock, limits.operatorWaitMs, sequencer.listOpen(ask(live)));
  const opened = live.length === 0 ? [] : await Promise.all(sequencers.map(askOpen));
  const archived = closed.length === 0 ? notAsked : await readJournal(services, sequencers, ask(closed));
  const { resume } = archived;
  const byId = new Map([...opened.flat(), ...archived.views].map((view) => [view.delivery.id, view]));
  const { record, document } = filter;
  const known = [...byId.values()]
    .filter((view) => resume === null || !isAfterCursor(resume, view))
    .filter((view) => matchesFilter(pick({ record, document }), view));
  const views = known.sort(compareInList).slice(0, limit);
  const next = known.length > limit ? toCursor(views.at(-1)) : resume;
  return { views, next, journal: archived.journal };
}

function pick(fields: { readonly record?: string | undefined; readonly document?: string | undefined }) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function toCursor(last: DeliveryView | undefined): ListCursor | null {
  return last === undefined ? null : { receivedAt: last.event.receivedAt, id: last.delivery.id };
}

type Archived = JournalPage & { readonly journal: JournalStanding };

const notAsked: Archived = { views: [], resume: null, journal: 'not_asked' };

function isIn(statuses: readonly DeliveryStatus[]): (status: DeliveryStatus) => boolean {
  return (status) => statuses.includes(status);
}

/** All partitions, or the one that keeps the ordering key. */
function sequencersFor({ sequencers }: ListServices, { filter }: ListRequest): readonly Sequencer[] {
  return filter.orderingKey === undefined ? sequencers.all() : sequencers.forKey(filter.orderingKey);
}

async function readJournal(
  services: ListServices,
  sequencers: readonly Sequencer[],
  request: ListRequest,
): Promise<Archived> {
  const { clock, journal, telemetry } = services;
  const flushes = sequencers.map((each) => within(clock, limits.operatorWaitMs, each.flushJournal()));
  const flushed = await Promise.allSettled(flushes);
  const isCurrent = flushed.every((flush) => flush.status === 'fulfilled' && flush.value.behind === 0);
  try {
    const page = await within(clock, limits.operatorWaitMs, journal.list(request));
    return { ...page, journal: isCurrent ? 'current' : 'behind' };
  } catch (error) {
    telemetry.log('error', 'journal.unavailable', { error: String(error) });
    return { views: [], resume: null, journal: 'unavailable' };
  }
}
