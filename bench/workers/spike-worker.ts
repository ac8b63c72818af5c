// The batch spike: the least a Worker can do and still not lose an event. Verify, deduplicate and store in a Durable Object
// with group commit, hand work over in batches from there. No order, no ledger, no journal, no admission, no retries to speak
// of: the floor the relay is measured against.

import { DurableObject } from 'cloudflare:workers';
import { type OrderIds, readVerified } from './verify-request.ts';

type SpikeEnv = {
  readonly SECRET: string;
  readonly SINK_URL: string;
  readonly PARTITIONS: string;
  readonly OUTBOX: DurableObjectNamespace<OutboxObject>;
  readonly BELLS: Queue<{ readonly partition: string }>;
};

type Item = { readonly id: string; readonly body: string };
type Claim = Item & { readonly resolve: (isFresh: boolean) => void };

/** Events of one batch, forwarded at once. */
const batchSize = 64;

/** How long claims gather for one transaction, ms. */
const gatherMs = 1;

export class OutboxObject extends DurableObject<SpikeEnv> {
  #claims: Claim[] = [];
  #isRung = false;

  constructor(ctx: DurableObjectState, env: SpikeEnv) {
    super(ctx, env);
    ctx.storage.sql.exec(
      'CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, body TEXT, state INTEGER NOT NULL) WITHOUT ROWID',
    );
    ctx.storage.sql.exec('CREATE INDEX IF NOT EXISTS open ON events (id) WHERE state < 2');
    // What was taken before a crash is taken again: at least once.
    ctx.storage.sql.exec('UPDATE events SET state = 0 WHERE state = 1');
  }

  claim(id: string, body: string): Promise<boolean> {
    return new Promise((resolve) => {
      this.#claims.push({ id, body, resolve });
      if (this.#claims.length === 1) setTimeout(() => this.#commit(), gatherMs);
    });
  }

  #commit(): void {
    const claims = this.#claims;
    this.#claims = [];
    const fresh = this.ctx.storage.transactionSync(() =>
      claims.map(({ id, body }) => {
        const sql = 'INSERT INTO events VALUES (?, ?, 0) ON CONFLICT DO NOTHING';
        return this.ctx.storage.sql.exec(sql, id, body).rowsWritten > 0;
      }),
    );
    for (const [index, { resolve }] of claims.entries()) resolve(fresh[index] === true);
    if (!this.#isRung && fresh.includes(true)) void this.#ring();
  }

  async #ring(): Promise<void> {
    this.#isRung = true;
    await this.ctx.storage.sync();
    await this.env.BELLS.send({ partition: this.ctx.id.name ?? '' });
  }

  /** Forgets the bodies of what is done and gives the next batch: one transaction. */
  takeNext(done: readonly string[]): Item[] {
    return this.ctx.storage.transactionSync(() => {
      const { sql } = this.ctx.storage;
      for (const id of done) sql.exec('UPDATE events SET body = NULL, state = 2 WHERE id = ?', id);
      const open = 'SELECT id, body FROM events WHERE state < 2 AND state = 0 LIMIT ?';
      const items = sql.exec<Item>(open, batchSize).toArray();
      for (const { id } of items) sql.exec('UPDATE events SET state = 1 WHERE id = ?', id);
      if (items.length === 0) this.#isRung = false;
      return items;
    });
  }
}

async function forward(env: SpikeEnv, item: Item): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${env.SINK_URL}/documents`, { method: 'POST', headers, body: item.body });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`the sink answered ${answer.status}`);
  return item.id;
}

async function drain(env: SpikeEnv, partition: string): Promise<void> {
  const outbox = env.OUTBOX.getByName(partition);
  for (let items = await outbox.takeNext([]); items.length > 0; ) {
    const done = await Promise.all(items.map((item) => forward(env, item)));
    items = await outbox.takeNext(done);
  }
}

function partitionOf(order: string, partitions: number): string {
  let hash = 0;
  for (let index = 0; index < order.length; index += 1) hash = (hash * 31 + order.charCodeAt(index)) >>> 0;
  return `p${hash % partitions}`;
}

export default {
  fetch: async (request, env) => {
    const body = await readVerified(request, env.SECRET);
    if (body === null) return new Response(null, { status: 401 });
    const text = new TextDecoder().decode(body);
    const { id, order } = JSON.parse(text) as OrderIds;
    const outbox = env.OUTBOX.getByName(partitionOf(order, Number(env.PARTITIONS)));
    const isFresh = await outbox.claim(id, text);
    return Response.json({ id, status: isFresh ? 'accepted' : 'duplicate' }, { status: 202 });
  },
  queue: async (batch, env) => {
    const partitions = new Set(batch.messages.map(({ body }) => body.partition));
    await Promise.all([...partitions].map((partition) => drain(env, partition)));
  },
} satisfies ExportedHandler<SpikeEnv, { readonly partition: string }>;
