// Accept, fan-out and enrichment over real sequencers in memory, with the senders of batch-senders.ts: a test posts, lets
// the relay work, and says what the sender's API answers. No platform, no timers, no network.

import { compileIntegrations } from '../../src/core/compile-integrations.ts';
import type { EnrichFailure } from '../../src/core/enrich.ts';
import { createFloodBudget, type FloodLimits } from '../../src/core/flood-budget.ts';
import type { JsonValue } from '../../src/core/json.ts';
import { limits } from '../../src/core/limits.ts';
import type { Result } from '../../src/core/result.ts';
import { createKeyCache } from '../../src/core/signature/key-cache.ts';
import type { SourceRuntime } from '../../src/core/source.ts';
import { createAccept, type EnrichDependencies, enrich } from '../../src/pipeline/index.ts';
import type { Sequencers } from '../../src/pipeline/ports.ts';
import { createRecordCache } from '../../src/pipeline/record-cache.ts';
import { createSequencers } from '../../src/pipeline/sequencers.ts';
import { createTracing } from '../../src/pipeline/tracing.ts';
import { intakeSecrets, integrations } from './batch-senders.ts';
import { createIntakeWorld } from './intake-world.ts';
import { createMemoryJournal } from './memory-journal.ts';
import { type LogLine, toPort } from './memory-relay.ts';

export type ApiAnswer = Result<JsonValue, EnrichFailure>;

export function createIntakeRelay(
  answerOf: (path: string) => ApiAnswer | Promise<ApiAnswer>,
  floodLimits: Partial<FloodLimits> = {},
) {
  const compiled = compileIntegrations(integrations);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  const definition = compiled.value;
  const world = createIntakeWorld();
  const journal = createMemoryJournal();
  const down = new Set<number>();
  let calls = 0;
  const sequencers: Sequencers = createSequencers(
    { partitions: world.benches.length, generation: 1, previousPartitions: [] },
    (_, partition) => {
      const bench = world.benches[partition];
      if (bench === undefined) throw new Error(`there is no partition ${partition}`);
      calls += 1;
      return toPort({ bench, journal, down, partition });
    },
  );
  const log: LogLine[] = [];
  const paths: string[] = [];
  const telemetry = {
    log: (level: string, event: string, fields: object) => void log.push({ level, event, ...fields }),
  };
  const now = () => world.benches[0]?.now() ?? 0;
  const clock = { now, wait: () => new Promise<void>(() => {}) };
  const secretOf: Readonly<Record<string, string>> = intakeSecrets;
  const findSource = (id: string): SourceRuntime | null => {
    const source = definition.sources.get(id);
    if (source === undefined) return null;
    const secrets = { current: secretOf[source.secretVariable] ?? '', previous: null };
    return { ...source, secrets } as unknown as SourceRuntime;
  };
  let requestCount = 0;
  const accept = createAccept({
    ...{ definition, findSource, sequencers, clock, telemetry },
    rejected: { record: async () => {}, list: async () => ({ items: [], counts: [] }) },
    keys: createKeyCache(),
    floods: createFloodBudget({ ...limits, ...floodLimits }),
    maxBodyBytes: 1_048_576,
    randomness: { next: () => 0.5, uuid: () => 'uuid' },
    background: () => {},
  });
  const tracing = createTracing({
    rules: { sampleRatio: 1, senderTrace: 'parent' },
    sink: { record: () => {} },
    ...{ clock, randomness: { uuid: () => crypto.randomUUID() } },
  });
  const enrichment: EnrichDependencies = {
    ...{ definition, clock, telemetry },
    cache: createRecordCache(),
    apis: {
      openListing: () => ({ get: async () => Promise.reject(new Error('nothing is listed here')) }),
      open: () => ({
        get: async <Payload>(path: string) => {
          paths.push(path);
          return (await answerOf(path)) as Result<Payload, EnrichFailure>;
        },
      }),
    },
  };
  return {
    ...{ world, log, paths, down, definition },
    /** Calls to sequencers since the relay was made. */
    callCount: () => calls,
    post: (
      source: string,
      signed: { headers: Record<string, string>; body: string },
      address: string | null = null,
    ) => {
      requestCount += 1;
      return accept({
        ...{ source, method: 'POST', url: `/hooks/${source}`, contentLength: null },
        headers: Object.entries(signed.headers),
        body: new Response(signed.body).body,
        requestId: `req-${requestCount}`,
        peer: { address, certificate: null },
        trace: tracing.request({ method: 'POST', route: '/hooks/:source' }),
      });
    },
    fanOut: (): void => {
      for (const bench of world.benches) world.fanOut(bench);
    },
    enrich: async (): Promise<void> => {
      for (const sequencer of sequencers.all())
        await enrich(enrichment, sequencer, { concurrency: 6, leaseMs: 20_000, budgetMs: 10_000 });
    },
  };
}
