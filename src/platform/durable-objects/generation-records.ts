// Requests and intakes over generations. The newest one keeps what is new, and asks those before it what they have; theirs
// keep nothing new, so that what one was asked for and did not have cannot turn up in it. That also holds for callers that
// still run the version before. Decides nothing about what they mean: core does.

import type { DirectRequest, RecordAnswer } from '../../core/direct-request.ts';
import { intakeIdIn, intakePartition } from '../../core/intake-id.ts';
import { limits } from '../../core/limits.ts';
import { partitionOf } from '../../core/partition.ts';
import type { IntakeCore } from '../../core/sequencer/intake-core.ts';
import type { IntakeAnswer, IntakeRequest } from '../../core/sequencer/intake-messages.ts';
import type { Clock } from '../../pipeline/ports.ts';
import type { SqlDirectRequests } from './sql-direct-requests.ts';

export type GenerationRecords = {
  readonly recordRequest: (request: DirectRequest) => Promise<RecordAnswer>;
  readonly findRequest: (hash: string) => Promise<DirectRequest | null>;
  readonly acknowledgeRequest: (hash: string, deliveryId: string) => Promise<void>;
  readonly claimIntake: (request: IntakeRequest) => Promise<IntakeAnswer>;
  /** Asked by the newest generation; throws where this object takes itself for that. */
  readonly handOverRequest: (hash: string) => DirectRequest | null;
  readonly handOverIntake: (id: string) => boolean;
};

/** The object of another generation. */
export type GenerationPeer = {
  recordRequest(request: DirectRequest): Promise<RecordAnswer>;
  findRequest(hash: string): Promise<DirectRequest | null>;
  acknowledgeRequest(hash: string, deliveryId: string): Promise<void>;
  handOverRequest(hash: string): Promise<DirectRequest | null>;
  handOverIntake(id: string): Promise<boolean>;
};

export type GenerationRecordsDependencies = {
  readonly requests: Pick<SqlDirectRequests, 'record' | 'find' | 'acknowledge'>;
  readonly intakes: Pick<IntakeCore, 'claim' | 'find'>;
  /** Partitions of each generation, the first first. */
  readonly counts: readonly number[];
  /** The object's own. */
  readonly generation: number;
  readonly at: (generation: number, partition: number) => GenerationPeer;
  readonly clock: Pick<Clock, 'now'>;
};

export function createGenerationRecords(deps: GenerationRecordsDependencies): GenerationRecords {
  const { requests, intakes, counts, generation, clock } = deps;
  const isNewest = generation >= counts.length;
  const countOf = (of: number): number => counts[of - 1] ?? 1;
  const newestFor = (hash: string): GenerationPeer =>
    deps.at(counts.length, partitionOf(hash, countOf(counts.length)));
  /** Those before this one, the latest first. */
  const earlier = Array.from({ length: generation - 1 }, (_, index) => generation - 1 - index);
  const isKept = (request: DirectRequest | null): request is DirectRequest =>
    request !== null && request.createdAt + limits.directRequestMs > clock.now();
  const refuseWhereNewest = (): void => {
    if (isNewest) throw new Error(`generation ${generation} is asked by one this version does not know`);
  };

  return {
    recordRequest: async (request) => {
      const { hash } = request;
      if (!isNewest && !isKept(requests.find(hash))) return newestFor(hash).recordRequest(request);
      if (isNewest && !isKept(requests.find(hash))) {
        const asked = earlier.map((of) => deps.at(of, partitionOf(hash, countOf(of))).handOverRequest(hash));
        const known = (await Promise.all(asked)).find(isKept);
        if (known !== undefined) return { kind: 'known', request: known };
      }
      return requests.record(request, clock.now());
    },
    findRequest: async (hash) => {
      const known = requests.find(hash);
      return known !== null || isNewest ? known : newestFor(hash).findRequest(hash);
    },
    acknowledgeRequest: async (hash, deliveryId) => {
      if (isNewest || requests.find(hash) !== null) requests.acknowledge(hash, deliveryId);
      else await newestFor(hash).acknowledgeRequest(hash, deliveryId);
    },
    claimIntake: async (request) => {
      const isKnown = intakes.find(request.id, clock.now()) !== null;
      // Planned by the version before, too: its sender comes again, to the newest.
      if (!isNewest && !isKnown) {
        const message = `generation ${generation} takes no new intakes: ${counts.length} is the newest`;
        return { kind: 'refused', reason: 'generation_mismatch', message };
      }
      if (isNewest && !isKnown) {
        const asked = earlier.map(async (of) => {
          const id = intakeIdIn(request.id, countOf(of));
          return (await deps.at(of, intakePartition(id) ?? 0).handOverIntake(id)) ? id : null;
        });
        const id = (await Promise.all(asked)).find((found) => found !== null);
        if (id !== undefined) return { kind: 'received', id, status: 'duplicate' };
      }
      return intakes.claim(request, clock.now());
    },
    handOverRequest: (hash) => {
      refuseWhereNewest();
      return requests.find(hash);
    },
    handOverIntake: (id) => {
      refuseWhereNewest();
      return intakes.find(id, clock.now()) !== null;
    },
  };
}
