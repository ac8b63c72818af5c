// The sequencers as the pipeline sees them: stubs of Durable Objects, a new one for each call (a broken stub stays
// broken), and their errors as PortErrors that say whether the same call may be made again.

import type { Sequencer, Sequencers } from '../../pipeline/ports.ts';
import { PortError } from '../../pipeline/ports.ts';
import { createSequencers } from '../../pipeline/sequencers.ts';
import { sequencerName } from '../doorbell.ts';

type SequencerNamespace = Env['SEQUENCER'];

export function createObjectSequencers(
  namespace: SequencerNamespace,
  place: Parameters<typeof createSequencers>[0],
): Sequencers {
  return createSequencers(place, (generation, partition) =>
    createObjectSequencer(namespace, sequencerName(generation, partition)),
  );
}

function createObjectSequencer(namespace: SequencerNamespace, name: string): Sequencer {
  /** The object implements Sequencer: its stub's types only add what serialisation might change. */
  const stub = (): Sequencer => namespace.get(namespace.idFromName(name)) as unknown as Sequencer;
  const call = async <T>(work: (sequencer: Sequencer) => Promise<T>): Promise<T> => {
    try {
      return await work(stub());
    } catch (error) {
      throw toPortError(error);
    }
  };
  return {
    claim: (request) => call((sequencer) => sequencer.claim(request)),
    lease: (request) => call((sequencer) => sequencer.lease(request)),
    confirm: (deliveryId, epoch) => call((sequencer) => sequencer.confirm(deliveryId, epoch)),
    settle: (request) => call((sequencer) => sequencer.settle(request)),
    replay: (request) => call((sequencer) => sequencer.replay(request)),
    bulkStep: (request) => call((sequencer) => sequencer.bulkStep(request)),
    planReplays: (request) => call((sequencer) => sequencer.planReplays(request)),
    releaseMany: (request) => call((sequencer) => sequencer.releaseMany(request)),
    resolve: (request) => call((sequencer) => sequencer.resolve(request)),
    stop: (request) => call((sequencer) => sequencer.stop(request)),
    pollNow: (deliveryId) => call((sequencer) => sequencer.pollNow(deliveryId)),
    find: (deliveryId) => call((sequencer) => sequencer.find(deliveryId)),
    recordRequest: (request) => call((sequencer) => sequencer.recordRequest(request)),
    findRequest: (hash) => call((sequencer) => sequencer.findRequest(hash)),
    acknowledgeRequest: (hash, deliveryId) =>
      call((sequencer) => sequencer.acknowledgeRequest(hash, deliveryId)),
    holdsEvents: (queries) => call((sequencer) => sequencer.holdsEvents(queries)),
    listOpen: (request) => call((sequencer) => sequencer.listOpen(request)),
    listLines: (request) => call((sequencer) => sequencer.listLines(request)),
    flushJournal: () => call((sequencer) => sequencer.flushJournal()),
    claimIntake: (request) => call((sequencer) => sequencer.claimIntake(request)),
    claimMany: (requests) => call((sequencer) => sequencer.claimMany(requests)),
    leaseItems: (request) => call((sequencer) => sequencer.leaseItems(request)),
    settleItems: (settlements) => call((sequencer) => sequencer.settleItems(settlements)),
    findIntake: (id) => call((sequencer) => sequencer.findIntake(id)),
    listIntakes: () => call((sequencer) => sequencer.listIntakes()),
    reviveIntake: (request) => call((sequencer) => sequencer.reviveIntake(request)),
    stats: () => call((sequencer) => sequencer.stats()),
  };
}

/** `retryable` and `overloaded` are the platform's own marks on the error. */
export function toPortError(error: unknown): PortError {
  const marks = typeof error === 'object' && error !== null ? error : {};
  const message = error instanceof Error ? error.message : String(error);
  return new PortError(message, {
    retryable: Reflect.get(marks, 'retryable') === true,
    overloaded: Reflect.get(marks, 'overloaded') === true,
    cause: error,
  });
}
