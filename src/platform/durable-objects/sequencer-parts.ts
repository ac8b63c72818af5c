// Puts together what a SequencerObject is made of: the core over its rows, the feeds to journal and alerts, the bell, the
// fan-out of intakes, the hand-over of keys. Wiring only.

import { parseVariables } from '../../config.ts';
import { createSequencer, type SequencerCore } from '../../core/sequencer/sequencer.ts';
import type { OperationHolds, Sequencers, Telemetry } from '../../pipeline/ports.ts';
import { systemClock, systemRandomness } from '../clock.ts';
import { costMeter } from '../costs/cost-meter.ts';
import { countDatabase } from '../costs/count-database.ts';
import { createD1Journal } from '../d1/d1-journal.ts';
import { createD1RejectedRequests } from '../d1/d1-rejected-requests.ts';
import { parseSequencerName, sequencerName } from '../doorbell.ts';
import { createTelemetry } from '../telemetry.ts';
import { type AlertFeed, createAlertFeed } from './alert-feed.ts';
import { createDoorbellRinger, type DoorbellRinger } from './doorbell-ringer.ts';
import { createEarlierKeys, type EarlierKeys } from './earlier-keys.ts';
import {
  createGenerationRecords,
  type GenerationPeer,
  type GenerationRecords,
} from './generation-records.ts';
import { createIntakeFanOut, type IntakeFanOut } from './intake-fan-out.ts';
import { createJournalFeed, type JournalFeed } from './journal-feed.ts';
import { createKeyHandOver, type KeyHandOver } from './key-hand-over.ts';
import { createObjectAlerts } from './object-alerts.ts';
import { createObjectOperationHolds } from './object-operation-holds.ts';
import { createObjectSequencers } from './object-sequencer.ts';
import { tellObjectTail } from './object-tail.ts';
import { createSqlDirectRequests, type SqlDirectRequests } from './sql-direct-requests.ts';
import { createSqlSequencerRows } from './sql-sequencer-rows.ts';
import { createTailFeed, type TailFeed } from './tail-feed.ts';

export type SequencerParts = {
  readonly partition: number;
  readonly core: SequencerCore;
  readonly requests: SqlDirectRequests;
  /** The same requests, and the intakes, as callers of any generation see them. */
  readonly records: GenerationRecords;
  readonly sequencers: Sequencers;
  readonly feed: JournalFeed;
  readonly bell: DoorbellRinger;
  /** Null where there has been one generation only. */
  readonly handOver: KeyHandOver | null;
  readonly earlierKeys: EarlierKeys;
  readonly fanOut: IntakeFanOut;
  readonly holds: OperationHolds;
  readonly alerts: AlertFeed;
  readonly tail: TailFeed;
  readonly telemetry: Telemetry;
};

type Place = { readonly generation: number; readonly partition: number };

type Surroundings = {
  readonly ctx: DurableObjectState;
  /** The object's own, counted. */
  readonly storage: DurableObjectStorage;
  readonly env: Env;
  /** Called where a part changed something by itself. */
  readonly changed: () => void;
};

export function createSequencerParts(surroundings: Surroundings): SequencerParts {
  const { ctx, env, storage } = surroundings;
  const place = parseSequencerName(ctx.id.name);
  if (place === null) throw new Error(`a sequencer is named g{generation}/p{partition}, not ${ctx.id.name}`);
  const telemetry = createTelemetry();
  const db = countDatabase(env.DB, costMeter);
  const variables = readVariables(env);
  const { generation, partitions, previousPartitions } = variables;
  const counts = [...previousPartitions, partitions];
  const core = createSequencer(createSqlSequencerRows(storage), {
    ...place,
    partitions: counts[place.generation - 1] ?? partitions,
    ledgerHorizonMs: variables.ledgerHorizonMs,
    newest: { generation: counts.length, partitions },
  });
  const sequencers = createObjectSequencers(env.SEQUENCER, { generation, partitions, previousPartitions });
  const basics = { core, clock: systemClock, telemetry, ...place };
  const requests = createSqlDirectRequests(storage.sql);
  const bell = createBell(surroundings, place, telemetry);
  const feed = createJournalFeed({
    ...basics,
    journal: createD1Journal(db),
    appended: (count) => costMeter.add('journaled', count),
  });
  return {
    partition: place.partition,
    core,
    requests,
    records: createGenerationRecords({
      ...{ ...basics, requests, counts, intakes: core.intakes },
      at: (of, partition) => stubOf(env, sequencerName(of, partition)),
    }),
    sequencers,
    feed,
    bell,
    handOver: counts.length > 1 ? createKeyHandOver({ ...basics, namespace: env.SEQUENCER, counts }) : null,
    earlierKeys: createEarlierKeys(env.SEQUENCER),
    fanOut: createIntakeFanOut({
      ...basics,
      of: (partition) => sequencers.of(partition),
      rejected: createD1RejectedRequests(db, systemClock),
      randomness: systemRandomness,
      changed: surroundings.changed,
    }),
    holds: createObjectOperationHolds({ namespace: env.TARGET, clock: systemClock, telemetry }),
    alerts: createAlertFeed({
      ...basics,
      storage,
      alerts: createObjectAlerts(env.ALERTS),
      settings: variables.alerts,
      reporter: ctx.id.name ?? '',
      troubles: () => [...feed.troubles(), ...bell.troubles()],
    }),
    tail: createTailFeed({
      ...basics,
      kv: storage.kv,
      sync: () => storage.sync(),
      tell: (batch) => tellObjectTail(env.TAIL, batch),
    }),
    telemetry,
  };
}

/** The objects of all generations are of one class. */
function stubOf(env: Env, name: string): GenerationPeer {
  return env.SEQUENCER.get(env.SEQUENCER.idFromName(name)) as unknown as GenerationPeer;
}

function readVariables(env: Env) {
  const variables = parseVariables({ ...env });
  if (!variables.ok) throw new Error(variables.error.map(({ field, rule }) => `${field} ${rule}`).join('; '));
  return variables.value;
}

function createBell({ storage, env }: Surroundings, place: Place, telemetry: Telemetry): DoorbellRinger {
  return createDoorbellRinger({
    ring: () => {
      costMeter.add('queueOperations');
      return env.DOORBELLS.send({ v: 1, ...place });
    },
    sync: () => storage.sync(),
    clock: systemClock,
    telemetry,
    partition: place.partition,
  });
}
