// The queue's side of a delivery: a doorbell is answered by working off its partition. Every message is acknowledged:
// what could not be done stays in its sequencer, whose alarm rings again. Never a retry to wait for a turn.

import {
  type DeliverDependencies,
  type DeliverOptions,
  deliver,
  type EnrichDependencies,
  enrich,
} from '../../pipeline/index.ts';
import type { Alerts, Sequencer, Sequencers, Telemetry } from '../../pipeline/ports.ts';
import { doorbellSchema, sequencerName } from '../doorbell.ts';

export async function consumeDoorbells(
  batch: MessageBatch<unknown>,
  deps: {
    readonly deliver: DeliverDependencies;
    readonly sequencers: Sequencers;
    readonly options: DeliverOptions;
    /** Null where no source enriches. */
    readonly enrich: EnrichDependencies | null;
  },
): Promise<void> {
  const rung = new Map<string, Sequencer>();
  for (const message of batch.messages) {
    const bell = doorbellSchema.safeParse(message.body);
    const sequencer = bell.success ? deps.sequencers.forBell(bell.data) : null;
    if (bell.success && sequencer !== null) {
      rung.set(sequencerName(bell.data.generation, bell.data.partition), sequencer);
    } else {
      // Of another version, or of a partition this one does not have: its own version's alarm rings again.
      deps.deliver.telemetry.log('warn', 'doorbell.ignored', { message: message.id });
    }
    message.ack();
  }
  await Promise.all(
    [...rung].flatMap(([name, sequencer]) => [
      deps.enrich === null ? null : enrich(deps.enrich, sequencer, deps.options),
      deliver(deps.deliver, { name, sequencer }, deps.options),
    ]),
  );
}

/**
 * The platform's dead letter queue holds doorbells, never events: that they are there is an alarm, because consumers crash
 * or cannot reach their sequencers, and each partition named is knocked at, so that its own alarm takes over. What cannot
 * be told comes again.
 */
export async function consumeDeadDoorbells(
  batch: MessageBatch<unknown>,
  deps: { readonly namespace: Env['SEQUENCER']; readonly alerts: Alerts; readonly telemetry: Telemetry },
): Promise<void> {
  const partitions: (number | null)[] = [];
  for (const message of batch.messages) {
    const bell = doorbellSchema.safeParse(message.body);
    const partition = bell.data?.partition ?? null;
    partitions.push(partition);
    deps.telemetry.log('error', 'doorbell.dead', { message: message.id, partition });
    if (bell.success) await wake(deps, sequencerName(bell.data.generation, bell.data.partition));
  }
  await deps.alerts.report({
    reporter: 'dead_doorbells',
    conditions: [
      {
        rule: 'doorbell_dead',
        cause: 'queue',
        count: batch.messages.length,
        since: Math.min(...batch.messages.map(({ timestamp }) => timestamp.getTime())),
        summary: 'Doorbells failed to the end: consumers crash, or cannot reach their sequencers',
        details: { partitions: [...new Set(partitions)].join(', ') },
      },
    ],
  });
  batch.ackAll();
}

/** One that does not answer is the watchdog's business: the others are woken all the same. */
async function wake(
  deps: { readonly namespace: Env['SEQUENCER']; readonly telemetry: Telemetry },
  name: string,
): Promise<void> {
  try {
    await deps.namespace.get(deps.namespace.idFromName(name)).wake();
  } catch (error) {
    deps.telemetry.log('error', 'watchdog.failed', { sequencers: [name], error: String(error) });
  }
}
