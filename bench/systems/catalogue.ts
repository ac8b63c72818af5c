// The systems of the benchmark, and what each needs. Adding a peer is a line here and a file in bench/peers.

import { type Found, findPackages, findPostgres, findRedis } from './peers.ts';
import type { SystemDefinition } from './system.ts';

export type Candidate = SystemDefinition & { readonly needs: readonly (() => Found)[] };

const whole = { burst: 2_000, slowBurst: 1_000, paced: true };

export const relayName = 'holdfast';
export const spikeName = 'batch spike';
export const bullmqName = 'BullMQ, fsync always';
export const graphileName = 'graphile-worker';
export const wranglerName = 'holdfast, wrangler dev';

export const candidates: readonly Candidate[] = [
  {
    ...whole,
    name: relayName,
    what: 'as `npm start` runs it: ledger, order, journal, admission',
    command: ['systems/relay.ts'],
    ordered: true,
    needs: [],
  },
  {
    ...whole,
    name: spikeName,
    what: 'a Worker with an outbox in a Durable Object and nothing else; same run path',
    command: ['systems/worker.ts', 'spike-worker.ts'],
    environment: { PARTITIONS: '4' },
    ordered: false,
    needs: [],
  },
  {
    ...whole,
    name: bullmqName,
    what: 'Fastify, BullMQ, Redis with appendfsync always',
    command: ['peers/bullmq-relay.mjs', 'always'],
    ordered: false,
    needs: [findPackages, findRedis],
  },
  {
    ...whole,
    name: 'BullMQ, fsync every second',
    what: 'the same; a crash of the machine loses up to a second',
    command: ['peers/bullmq-relay.mjs', 'everysec'],
    ordered: false,
    needs: [findPackages, findRedis],
  },
  {
    ...whole,
    ...{ burst: 1_000, slowBurst: 600 },
    name: graphileName,
    what: 'Fastify, PostgreSQL, a queue an order',
    command: ['peers/graphile-relay.mjs'],
    ordered: true,
    needs: [findPackages, findPostgres],
  },
  {
    ...whole,
    name: 'Node-RED',
    what: 'a flow in memory: loses what it holds when it ends',
    command: ['peers/node-red-relay.mjs'],
    ordered: false,
    needs: [findPackages],
  },
  {
    ...{ burst: 400, slowBurst: 0, paced: false },
    name: wranglerName,
    what: 'the same relay under the development server',
    command: ['systems/wrangler-dev.ts'],
    ordered: true,
    needs: [],
  },
];

/** One path of the floors' Worker each: nothing is delivered there. */
export const floors = [
  { name: 'trivial handler', path: '/trivial' },
  { name: 'verify', path: '/verify' },
  { name: 'verify + group-committed insert', path: '/insert' },
] as const;

export const floorSystem: SystemDefinition = {
  ...{ burst: 2_000, slowBurst: 0, paced: false },
  name: 'floors',
  what: "the runtime's own floors",
  command: ['systems/worker.ts', 'floors-worker.ts'],
  ordered: false,
};
