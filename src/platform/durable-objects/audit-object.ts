// AuditObject: the one writer of the audit's chain, and the box for acts that concern no delivery: they are kept here until D1 has
// them, so none is lost while D1 is away. Keeps the head of the chain apart from D1. core/audit says what the chain is.

import { DurableObject } from 'cloudflare:workers';
import { type ChainHead, emptyHead } from '../../core/audit/audit-chain.ts';
import { limits } from '../../core/limits.ts';
import type { OperatorAct } from '../../core/operator-act.ts';
import { stepChain } from '../../pipeline/chain-audit.ts';
import type { AuditStanding } from '../../pipeline/ports.ts';
import { costMeter } from '../costs/cost-meter.ts';
import { countDatabase } from '../costs/count-database.ts';
import { countRequests } from '../costs/count-object.ts';
import { createD1AuditChain, createD1AuditReader } from '../d1/d1-audit.ts';
import { createTelemetry } from '../telemetry.ts';
import { createObjectAlerts } from './object-alerts.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS acts (id TEXT NOT NULL PRIMARY KEY, at INTEGER NOT NULL, act TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS head (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;`;

/** When the alarm goes on with what D1 did not take, ms. */
const retryMs = 30_000;

export class AuditObject extends DurableObject<Env> {
  readonly #telemetry = createTelemetry();
  readonly #chain = createD1AuditChain(countDatabase(this.env.DB, costMeter));
  readonly #reader = createD1AuditReader(countDatabase(this.env.DB, costMeter));
  /** One at a time: two would give the same place twice. */
  #running: Promise<AuditStanding> | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec(schema);
  }

  /** Durable when it resolves, whether or not D1 is there. */
  async record(act: OperatorAct): Promise<void> {
    const { sql } = this.ctx.storage;
    sql.exec('INSERT OR IGNORE INTO acts VALUES (?, ?, ?)', act.id, act.at, JSON.stringify(act));
    await this.ctx.storage.setAlarm(Date.now());
  }

  /** Brings everything there is into the chain, and says how it stands. Throws where D1 does not answer. */
  async flush(): Promise<AuditStanding> {
    this.#running ??= this.#flush().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  override async alarm(): Promise<void> {
    // Whatever happens below, another alarm comes.
    await this.ctx.storage.setAlarm(Date.now() + retryMs);
    try {
      await this.flush();
      if (this.#waiting().length === 0) await this.ctx.storage.deleteAlarm();
      else await this.ctx.storage.setAlarm(Date.now());
    } catch (error) {
      this.#telemetry.log('error', 'audit.not_written', {
        count: this.#waiting().length,
        error: String(error),
      });
    }
  }

  async #flush(): Promise<AuditStanding> {
    const waiting = this.#waiting();
    if (waiting.length > 0) {
      await this.#chain.insert(waiting);
      for (const { id } of waiting) this.ctx.storage.sql.exec('DELETE FROM acts WHERE id = ?', id);
    }
    const store = { ...this.#chain, export: this.#reader.export };
    for (let hasMore = true; hasMore; ) {
      const stepped = await stepChain({ head: this.#head(), store });
      if (stepped.problem !== null) await this.#broken(stepped.problem);
      this.#put('head', JSON.stringify(stepped.head));
      ({ hasMore } = stepped);
    }
    return { head: this.#head(), problem: this.#get('problem') };
  }

  #waiting(): readonly OperatorAct[] {
    const rows = this.ctx.storage.sql.exec<{ act: string }>(
      'SELECT act FROM acts ORDER BY at LIMIT ?',
      limits.auditStepActs,
    );
    return rows.toArray().map(({ act }) => JSON.parse(act) as OperatorAct);
  }

  /** Said for ever: no later act makes it good. */
  async #broken(problem: string): Promise<void> {
    this.#telemetry.log('error', 'audit.chain_broken', { problem });
    this.#put('problem', problem);
    const condition = {
      rule: 'audit_broken',
      cause: 'audit',
      count: 1,
      since: Date.now(),
      summary: `The audit was changed from outside: ${problem}`,
      details: {},
    } as const;
    await createObjectAlerts(this.env.ALERTS).report({ reporter: 'audit', conditions: [condition] });
  }

  #head(): ChainHead {
    const kept = this.#get('head');
    return kept === null ? emptyHead : (JSON.parse(kept) as ChainHead);
  }

  #get(name: 'head' | 'problem'): string | null {
    const sql = this.ctx.storage.sql;
    const [row] = sql.exec<{ value: string }>('SELECT value FROM head WHERE name = ?', name).toArray();
    return row?.value ?? null;
  }

  #put(name: 'head' | 'problem', value: string): void {
    this.ctx.storage.sql.exec('INSERT OR REPLACE INTO head VALUES (?, ?)', name, value);
  }
}

countRequests(AuditObject.prototype, costMeter);
