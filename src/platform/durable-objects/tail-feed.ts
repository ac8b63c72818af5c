// Tells the live tail what changed in one partition: nothing while nobody listens, and then in batches, after the commit. Never in
// an event's way: nothing waits for it, what a slow tail does not take in time is counted and not kept. Never rejects.

import { limits } from '../../core/limits.ts';
import type { SequencerCore } from '../../core/sequencer/sequencer.ts';
import type { TailBatch } from '../../core/tail/tail-changes.ts';
import type { Clock, Telemetry } from '../../pipeline/ports.ts';
import { within } from '../../pipeline/within.ts';

export type TailFeed = {
  /** After every change of the partition. */
  readonly changed: () => void;
  /** Somebody listens, until then at least; epoch ms. */
  readonly listen: (untilAt: number) => void;
};

/** The tail's side. False: nobody listens any more. */
export type TellTail = (batch: TailBatch) => Promise<boolean>;

const keptName = 'tail_until';

export function createTailFeed(deps: {
  readonly core: Pick<SequencerCore, 'listen' | 'takeTail'>;
  /** Where it stands over an eviction until when somebody listens. */
  readonly kv: Pick<DurableObjectStorage['kv'], 'get' | 'put' | 'delete'>;
  /** Resolves when what was written is on disk: a change may not be told before it is one. */
  readonly sync: () => Promise<void>;
  readonly tell: TellTail;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly partition: number;
}): TailFeed {
  const { core, kv, clock } = deps;
  let untilAt = kv.get<number>(keptName) ?? null;
  let isSending = false;
  let missedCount = 0;
  core.listen(untilAt !== null);

  const stop = (): void => {
    untilAt = null;
    kv.delete(keptName);
    core.listen(false);
  };
  const send = async (batch: TailBatch): Promise<void> => {
    const toldUntil = untilAt;
    const told = { items: batch.items, missedCount: batch.missedCount + missedCount };
    missedCount = 0;
    try {
      await deps.sync();
      const isHeard = await within(clock, limits.tailSendMs, deps.tell(told));
      // Somebody may have come while it was on its way.
      if (!isHeard && untilAt === toldUntil) stop();
    } catch (error) {
      missedCount += told.items.length + told.missedCount;
      deps.telemetry.log('warn', 'tail.not_told', {
        partition: deps.partition,
        missedCount,
        error: String(error),
      });
    }
  };
  const run = async (): Promise<void> => {
    while (untilAt !== null) {
      await clock.wait(limits.tailGatherMs);
      const batch = core.takeTail();
      if (batch.items.length === 0 && batch.missedCount === 0) return;
      await send(batch);
    }
  };
  return {
    changed: () => {
      if (untilAt === null || isSending) return;
      if (untilAt <= clock.now()) return stop();
      isSending = true;
      void run().finally(() => {
        isSending = false;
      });
    },
    listen: (until) => {
      untilAt = until;
      kv.put(keptName, until);
      core.listen(true);
    },
  };
}
