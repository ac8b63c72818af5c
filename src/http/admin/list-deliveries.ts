// One list out of two: the sequencers say what is open, the journal what is closed. Open ones are read first, then the
// journal is brought up to date, then it is read: what closes in between is in both and shown once, and never in neither.
// Without the journal the open ones still answer, and the answer says what is missing.

import type { DeliveryStatus } from '../../core/delivery.ts';
import { closedStatuses, compareInList, openStatuses } from '../../core/delivery-filter.ts';
import { limits } from '../../core/limits.ts';
import type { DeliveryView, ListRequest } from '../../core/sequencer/messages.ts';
import type { Sequencer } from '../../pipeline/ports.ts';
import type { HttpServices } from '../services.ts';
import { within } from '../within.ts';

export type ListServices = Pick<HttpServices, 'clock' | 'journal' | 'sequencers' | 'telemetry'>;

/** `behind`: it did not get all that was done; `unavailable`: closed deliveries are missing; `not_asked`: none were wanted. */
export type JournalStanding = 'current' | 'behind' | 'unavailable' | 'not_asked';

export type DeliveryPage = {
  readonly views: readonly DeliveryView[];
  readonly hasMore: boolean;
  readonly journal: JournalStanding;
};

export async function listDeliveries(services: ListServices, request: ListRequest): Promise<DeliveryPage> {
  const { filter, cursor, limit } = request;
  const wanted = filter.status ?? [...openStatuses, ...closedStatuses];
  const open = wanted.filter(isIn(openStatuses));
  const closed = wanted.filter(isIn(closedStatuses));
  const sequencers = sequencersFor(services, request);
  const ask = (status: readonly DeliveryStatus[]): ListRequest => ({
    filter: { ...filter, status },
    cursor,
    limit: limit + 1,
  });
  const askOpen = (sequencer: Sequencer) =>
    within(services.clock, limits.operatorWaitMs, sequencer.listOpen(ask(open)));
  const opened = open.length === 0 ? [] : await Promise.all(sequencers.map(askOpen));
  const archived = closed.length === 0 ? notAsked : await readJournal(services, sequencers, ask(closed));
  const byId = new Map([...opened.flat(), ...archived.views].map((view) => [view.delivery.id, view]));
  const views = [...byId.values()].sort(compareInList);
  return { views: views.slice(0, limit), hasMore: views.length > limit, journal: archived.journal };
}

type Archived = { readonly views: readonly DeliveryView[]; readonly journal: JournalStanding };

const notAsked: Archived = { views: [], journal: 'not_asked' };

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
    const views = await within(clock, limits.operatorWaitMs, journal.list(request));
    return { views, journal: isCurrent ? 'current' : 'behind' };
  } catch (error) {
    telemetry.log('error', 'journal.unavailable', { error: String(error) });
    return { views: [], journal: 'unavailable' };
  }
}
