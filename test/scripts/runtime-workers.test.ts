// The local relay is built without wrangler.toml, so this keeps the two from drifting apart: same bindings, same
// queues, same Durable Objects, same dates. Only the values that are local on purpose may differ.
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unstable_readConfig } from 'wrangler';
import { createSecrets } from '../../scripts/local/dev-vars.ts';
import {
  cronSchedule,
  databaseId,
  localVariables,
  relayWorker,
  sandboxWorker,
} from '../../scripts/local/runtime-workers.ts';

type Producer = { binding: string; queue: string };
type Consumer = {
  queue: string;
  max_batch_size: number;
  max_batch_timeout: number;
  max_retries: number;
  dead_letter_queue?: string;
};

const repository = resolve(import.meta.dirname, '../..');
const input = { code: '', port: 1, values: {} };

function readConfig(name: string) {
  return unstable_readConfig({ config: resolve(repository, name) }, { hideWarnings: true });
}

function durableObjects(bindings: { name: string; class_name: string }[], worker: string) {
  return Object.fromEntries(
    bindings.map(({ name, class_name }) => [
      name,
      { type: 'durable-object', worker, exportName: class_name },
    ]),
  );
}

describe('the local relay and wrangler.toml', () => {
  const deployed = readConfig('wrangler.toml');
  const { config: local } = relayWorker(input);

  it('have one name, date and set of flags', () => {
    expect(local.name).toBe(deployed.name);
    expect(local.compatibilityDate).toBe(deployed.compatibility_date);
    expect(local.compatibilityFlags).toEqual(deployed.compatibility_flags);
  });

  it('bind the same Durable Objects, queues and database', () => {
    const queues: Producer[] = deployed.queues.producers ?? [];
    const [database] = deployed.d1_databases;
    expect(local.env).toEqual({
      ...durableObjects(deployed.durable_objects.bindings, String(deployed.name)),
      ...Object.fromEntries(queues.map(({ binding, queue }) => [binding, { type: 'queue', name: queue }])),
      [String(database?.binding)]: { type: 'd1', id: databaseId },
      [String(deployed.assets?.binding)]: { type: 'assets' },
    });
    expect(database?.preview_database_id).toBe(databaseId);
    expect(database?.migrations_dir).toBe('migrations');
  });

  it('serve the same files of the dashboard, the Worker first', () => {
    const { directory, run_worker_first, html_handling } = deployed.assets ?? {};
    expect(local.assets).toEqual({
      directory: resolve(repository, String(directory)),
      hasUserWorker: true,
      runWorkerFirst: run_worker_first,
      htmlHandling: html_handling,
    });
  });

  it('export the same classes, on SQLite', () => {
    expect(local.exports).toEqual(deployed.exports);
  });

  it('consume the same queues alike, but for the doorbells of one local invocation', () => {
    const consumers = (local.triggers ?? []).filter((trigger) => trigger.type === 'queue');
    const declared: Consumer[] = deployed.queues.consumers ?? [];
    const expected = declared.map((consumer) => ({
      type: 'queue',
      name: consumer.queue,
      maxBatchSize: consumer.queue === 'holdfast-doorbells' ? 10 : consumer.max_batch_size,
      maxBatchTimeout: consumer.max_batch_timeout,
      maxRetries: consumer.max_retries,
      ...(consumer.dead_letter_queue ? { deadLetterQueue: consumer.dead_letter_queue } : {}),
    }));
    expect(consumers).toEqual(expected);
  });

  it('run the scheduled handler on the same schedule', () => {
    expect(deployed.triggers.crons).toEqual([cronSchedule]);
  });

  it('know the same variables', () => {
    const known = [...Object.keys(localVariables), 'ERP_BASE_URL'];
    expect(Object.keys(deployed.vars).sort()).toEqual(known.sort());
  });
});

describe('the local sandbox ERP and wrangler.sandbox.toml', () => {
  it('are the same Worker', () => {
    const configured = readConfig('wrangler.sandbox.toml');
    const { config: local } = sandboxWorker(input);
    expect(local.name).toBe(configured.name);
    expect(local.compatibilityDate).toBe(configured.compatibility_date);
    expect(local.exports).toEqual(configured.exports);
    expect(local.env).toEqual(durableObjects(configured.durable_objects.bindings, String(configured.name)));
  });
});

describe('the values of a local relay', () => {
  it('reach the Worker as text bindings', () => {
    const secrets = createSecrets();
    const { config } = relayWorker({ ...input, values: secrets });
    expect(config.env?.ADMIN_KEY).toEqual({ type: 'text', value: secrets.ADMIN_KEY });
  });
});

describe('an earlier build', () => {
  it('is bound to the Durable Objects it has, and to everything else', () => {
    const { config } = relayWorker({ ...input, classes: ['SequencerObject'] });
    expect(Object.keys(config.exports ?? {})).toEqual(['SequencerObject']);
    const bound = Object.entries(config.env ?? {}).filter(([, { type }]) => type === 'durable-object');
    expect(bound.map(([name]) => name)).toEqual(['SEQUENCER']);
    expect(Object.keys(config.env ?? {})).toContain('DB');
  });
});
