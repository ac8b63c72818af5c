// Stage 7 of 7 · replay · in: a dead letter or any past delivery · out: a new delivery at its place · next: lease
// Loads the old delivery, proves its input before anything is claimed (prepare-replay.ts), and has the sequencer make the new one.
// A dry run (dry-run.ts) goes the same way up to the claim. Nothing here calls an ERP.

import { partitionOf } from '../core/partition.ts';
import type { ReplayAnswer } from '../core/sequencer/messages.ts';
import {
  chooseInput,
  prepare,
  type ReplayDependencies,
  type ReplayFailure,
  type WantedInput,
} from './prepare-replay.ts';

export type ReplayCommand = WantedInput & {
  readonly deliveryId: string;
  /** Runs although a newer input was applied. */
  readonly forced: boolean;
  readonly actor: string;
  readonly reason: string;
};

export type ReplayResult =
  | { readonly kind: 'replayed'; readonly deliveryId: string; readonly replayOf: string }
  | ReplayFailure;

export async function replay(deps: ReplayDependencies, command: ReplayCommand): Promise<ReplayResult> {
  const prepared = await prepare(deps, command);
  if (!prepared.ok) return prepared.error;
  const { loaded, planned } = prepared.value;
  const { deliveryId, forced, actor, reason } = command;
  const isMapped = command.edited === null && command.mapping !== 'original';
  // What the mapping gives is seen by the attempt; a replay of it is made all the same, and is a dead letter where it fails.
  const chosen = isMapped ? null : await chooseInput(deps, prepared.value, command);
  if (chosen !== null && !chosen.ok) return chosen.error;
  const { record, payload } = loaded;
  const { orderingKey } = loaded.event;
  // The sequencer that keeps the key now: it fetches the key from an earlier generation where it has to.
  const sequencer = deps.sequencers.of(partitionOf(orderingKey, deps.sequencers.partitions));
  const answer = await sequencer.replay({
    ...{ deliveryId, forced, actor, reason, orderingKey, planned },
    edited: chosen?.value.kept ?? null,
    archived: loaded.heldBy === 'journal' ? { record, payload } : null,
  });
  return toResult(answer, deliveryId);
}

function toResult(answer: ReplayAnswer, replayOf: string): ReplayResult {
  if (answer.kind === 'replayed') return { kind: 'replayed', deliveryId: answer.deliveryId, replayOf };
  const { reason, message } = answer;
  switch (reason) {
    case 'not_found':
      return { kind: 'not_found' };
    case 'replay_open':
    case 'not_finished':
      return { kind: 'conflict', reason, message };
    case 'not_planned':
      return { kind: 'unprocessable', reason: 'mapping_failed', message, fieldErrors: [] };
    case 'payload_needed':
      // It was archived between the reading and the replay: the next try reads it from the journal.
      return { kind: 'unavailable', message };
  }
}
