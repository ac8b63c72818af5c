// The runtime's floors, one path each: what a request costs that does nothing, one that is verified, and one that is verified
// and stored with a group-committed insert into a Durable Object. Nothing that accepts an event can be cheaper than the last.

import { DurableObject } from 'cloudflare:workers';
import { type OrderIds, readVerified } from './verify-request.ts';

type FloorEnv = { readonly SECRET: string; readonly OUTBOX: DurableObjectNamespace<OutboxObject> };

type Insert = { readonly id: string; readonly body: Uint8Array; readonly resolve: () => void };

/** How long inserts gather for one transaction, ms. */
const gatherMs = 1;

export class OutboxObject extends DurableObject<FloorEnv> {
  #inserts: Insert[] = [];

  constructor(ctx: DurableObjectState, env: FloorEnv) {
    super(ctx, env);
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID');
  }

  insert(id: string, body: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#inserts.push({ id, body, resolve });
      if (this.#inserts.length > 1) return;
      setTimeout(() => this.#commit(), gatherMs);
    });
  }

  #commit(): void {
    const inserts = this.#inserts;
    this.#inserts = [];
    this.ctx.storage.transactionSync(() => {
      for (const { id, body } of inserts)
        this.ctx.storage.sql.exec('INSERT INTO events VALUES (?, ?) ON CONFLICT DO NOTHING', id, body);
    });
    for (const { resolve } of inserts) resolve();
  }
}

const taken = () => Response.json({ status: 'accepted' }, { status: 202 });

export default {
  fetch: async (request, env) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/trivial') return taken();
    const body = await readVerified(request, env.SECRET);
    if (body === null) return new Response(null, { status: 401 });
    if (pathname === '/verify') return taken();
    const { id } = JSON.parse(new TextDecoder().decode(body)) as OrderIds;
    await env.OUTBOX.getByName('one').insert(id, body);
    return taken();
  },
} satisfies ExportedHandler<FloorEnv>;
