// A job: what a direct request looks like to its caller. Its state is that of its delivery, or of the newest replay of it.
// Reads only.

import type { Delivery, DeliveryStatus } from '../core/delivery.ts';
import type { DirectRequest } from '../core/direct-request.ts';
import { parseId } from '../core/ids.ts';
import type { EventRecord } from '../core/sequencer/record.ts';
import type { JournalReader, Sequencers } from './ports.ts';
import { findEarlier } from './run-operation.ts';
import { findHolder } from './sequencers.ts';

/** `cancelled`: a person closed it without its being done. */
export type JobStatus = 'accepted' | 'queued' | 'running' | 'held' | 'succeeded' | 'failed' | 'cancelled';

export type Job = {
  readonly hash: string;
  readonly request: DirectRequest;
  readonly status: JobStatus;
  /** Null until it is claimed. */
  readonly delivery: Delivery | null;
  /** Records of a batch that failed, each a delivery of its own. */
  readonly failedRecords: readonly Delivery[];
  /** The newest notice to its caller; null: none was asked for, or it has not ended. */
  readonly notice: Delivery | null;
};

export type JobDependencies = {
  readonly sequencers: Sequencers;
  readonly journal: Pick<JournalReader, 'find'>;
};

/** Null: nobody asked for it, or it is past its retention. Throws a PortError where nobody can say. */
export async function readJob(deps: JobDependencies, hash: string): Promise<Job | null> {
  const earlier = await findEarlier(deps.sequencers, hash);
  if (earlier === null) return null;
  const { request } = earlier;
  const { deliveryId } = request;
  const unclaimed: Job = {
    hash,
    request,
    status: 'accepted',
    delivery: null,
    failedRecords: [],
    notice: null,
  };
  if (deliveryId === null) return unclaimed;
  const found = await findRecord(deps, deliveryId);
  if (found === null) return unclaimed;
  const atPlace = found.record.deliveries.filter(
    ({ id, replay }) => id === deliveryId || replay?.position === deliveryId,
  );
  const delivery = atPlace.at(-1) ?? null;
  const isLeased = found.status === 'leased' && delivery?.id === deliveryId;
  return {
    ...{ hash, request, delivery },
    status: delivery === null ? 'accepted' : toJobStatus(delivery, isLeased),
    notice: found.record.deliveries.filter(({ notice }) => notice !== undefined).at(-1) ?? null,
    failedRecords: found.record.deliveries.filter(({ own, replay }) => own !== undefined && replay === null),
  };
}

async function findRecord(
  { sequencers, journal }: JobDependencies,
  deliveryId: string,
): Promise<{ readonly record: EventRecord; readonly status: DeliveryStatus } | null> {
  const id = parseId('dlv', deliveryId);
  if (!id.ok) return null;
  const holder = await findHolder(sequencers, id.value, deliveryId);
  return holder?.found ?? (await journal.find(deliveryId));
}

function toJobStatus({ state, effect }: Delivery, isLeased: boolean): JobStatus {
  switch (state.status) {
    case 'pending':
    case 'scheduled':
      return isLeased ? 'running' : 'queued';
    case 'dead_lettered':
      return 'failed';
    case 'skipped':
    case 'superseded':
      return 'cancelled';
    case 'resolved':
      return effect?.kind === 'succeeded' ? 'succeeded' : 'cancelled';
    default:
      return state.status;
  }
}

export function hasEnded(status: JobStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}
