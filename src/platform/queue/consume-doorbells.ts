// The queue's side of a delivery: a doorbell is answered by working off its partition. Every message is acknowledged:
// what could not be done stays in its sequencer, whose alarm rings again. Never a retry to wait for a turn.

import { type DeliverDependencies, type DeliverOptions, deliver } from '../../pipeline/index.ts';
import type { Sequencers, Telemetry } from '../../pipeline/ports.ts';
import { type Doorbell, doorbellSchema, sequencerName } from '../doorbell.ts';

export async function consumeDoorbells(
  batch: MessageBatch<unknown>,
  deps: {
    readonly deliver: DeliverDependencies;
    readonly sequencers: Sequencers;
    readonly options: DeliverOptions;
  },
): Promise<void> {
  const partitions = new Set<number>();
  for (const message of batch.messages) {
    const bell = readDoorbell(message.body, deps.sequencers);
    if (bell === null) {
      deps.deliver.telemetry.log('warn', 'doorbell.ignored', { message: message.id });
    } else {
      partitions.add(bell.partition);
    }
    message.ack();
  }
  await Promise.all(
    [...partitions].map((partition) => deliver(deps.deliver, deps.sequencers.of(partition), deps.options)),
  );
}

/** Null: a message of another version or generation. Its own version's alarm rings again where there is work. */
function readDoorbell(
  body: unknown,
  place: { readonly partitions: number; readonly generation: number },
): Doorbell | null {
  const parsed = doorbellSchema.safeParse(body);
  if (!parsed.success) return null;
  const { generation, partition } = parsed.data;
  return generation === place.generation && partition < place.partitions ? parsed.data : null;
}

/**
 * The platform's dead letter queue holds doorbells, never events: that they are there is an alarm, because consumers crash
 * or cannot reach their sequencers, and each partition named is knocked at, so that its own alarm takes over.
 */
export async function consumeDeadDoorbells(
  batch: MessageBatch<unknown>,
  deps: { readonly namespace: Env['SEQUENCER']; readonly telemetry: Telemetry },
): Promise<void> {
  for (const message of batch.messages) {
    const bell = doorbellSchema.safeParse(message.body);
    deps.telemetry.log('error', 'doorbell.dead', {
      message: message.id,
      partition: bell.data?.partition ?? null,
    });
    if (bell.success) {
      const name = sequencerName(bell.data.generation, bell.data.partition);
      await deps.namespace.get(deps.namespace.idFromName(name)).wake();
    }
    message.ack();
  }
}
