// The sandbox ERP itself: one Durable Object with SQLite, one call a request, one transaction a call.
// Holds the switches and the clock, and hands every call to the gateway or the control API.
// May not know a business rule.

import { DurableObject } from 'cloudflare:workers';
import { CallCounts, type CallCountsNote } from './call-counts.ts';
import { type ControlAnswer, type ControlHost, type ControlRequest, control } from './control.ts';
import { type Erp, type ErpSettings, erpSettings } from './erp.ts';
import type { StateSource } from './erp-state.ts';
import { ErpStore } from './erp-store.ts';
import { type ErpFaults, erpFaults, NO_FAULTS } from './faults.ts';
import { type ErpCall, type ErpReply, Gateway, type GatewayHost } from './gateway.ts';
import { seedProducts } from './rules/products.ts';
import { seedPurchaseOrders } from './rules/receipts.ts';
import type { MainKey } from './sessions.ts';

export type SandboxErpEnv = {
  readonly ERP: DurableObjectNamespace<SandboxErpObject>;
  readonly SANDBOX_ERP_KEY_ID?: string;
  readonly SANDBOX_ERP_KEY_SECRET?: string;
};

export class SandboxErpObject extends DurableObject<SandboxErpEnv> implements GatewayHost, ControlHost {
  readonly store: ErpStore;
  readonly mainKey: MainKey;
  readonly #gateway: Gateway;
  counts: CallCounts;
  settings: ErpSettings;
  faults: ErpFaults;
  /** Counts the resets, so that a late commit from before one is dropped. */
  #resetCount = 0;

  constructor(ctx: DurableObjectState, env: SandboxErpEnv) {
    super(ctx, env);
    const { SANDBOX_ERP_KEY_ID: keyId, SANDBOX_ERP_KEY_SECRET: secret } = env;
    this.mainKey = keyId === undefined || secret === undefined ? null : { keyId, secret };
    this.store = new ErpStore(ctx.storage.sql);
    this.counts = new CallCounts(this.store.note<CallCountsNote>('counts'));
    this.settings = erpSettings.parse(this.store.note('settings') ?? {});
    this.faults = erpFaults.parse(this.store.note('faults') ?? {});
    this.#gateway = new Gateway(this);
    if (this.store.note('seeded') === null) this.transaction(() => this.#seed());
  }

  call(call: ErpCall): ErpReply {
    return this.#gateway.answer(call);
  }

  /** The control API; streams, because the state of a long run is tens of megabytes. */
  override async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const text = await request.text();
    const query = Object.fromEntries(url.searchParams);
    const { status, chunks } = this.#control({
      method: request.method,
      path: url.pathname,
      query,
      body: text,
    });
    return new Response(toStream(chunks), { status, headers: { 'content-type': 'application/json' } });
  }

  #control(request: ControlRequest): ControlAnswer {
    try {
      const body: unknown = request.body === '' ? {} : JSON.parse(String(request.body));
      return this.transaction(() => control(this, { ...request, body }));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const body = { error: { code: 'malformed_json', message: 'The body is not JSON.' } };
      return { status: 400, chunks: [JSON.stringify(body)] };
    }
  }

  now(): number {
    return Date.now() + this.settings.clockOffsetMs;
  }

  transaction<T>(run: () => T): T {
    return this.ctx.storage.transactionSync(run);
  }

  later(delayMs: number, run: () => void): void {
    const resetCount = this.#resetCount;
    setTimeout(() => {
      if (this.#resetCount === resetCount) run();
    }, delayMs);
  }

  erp(): Erp {
    const { store, settings, faults } = this;
    return {
      store,
      now: this.now(),
      settings,
      invalidSkus: faults.invalidSkus,
      modulesOff: faults.modulesOff,
    };
  }

  stateSource(): StateSource {
    const { store, counts, settings, faults } = this;
    return { store, counts, settings, faults, now: this.now() };
  }

  setFaults(faults: ErpFaults): void {
    this.faults = faults;
    this.store.setNote('faults', faults);
  }

  setSettings(settings: ErpSettings): void {
    this.settings = settings;
    this.store.setNote('settings', settings);
  }

  reset(): void {
    this.#resetCount += 1;
    this.#gateway.forgetPending();
    this.store.clear();
    this.counts = new CallCounts(null);
    this.settings = erpSettings.parse({});
    this.faults = NO_FAULTS;
    this.#seed();
  }

  #seed(): void {
    const erp = this.erp();
    seedProducts(erp);
    seedPurchaseOrders(erp);
    this.store.setNote('seeded', true);
  }
}

function toStream(chunks: readonly string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const rest = chunks.values();
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = rest.next();
      if (next.done === true) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
  });
}
