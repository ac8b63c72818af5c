// A client of a running relay and of its sandbox ERP: posts signed webhooks, asks the admin endpoints, reads the ERP's
// documents. For the demo, the smoke test and the end-to-end tests. Never retries by itself: what happens is what is seen.

import { type Sender, type SignedRequest, type Signing, signedRequest } from './senders.ts';

export type RelayAddress = {
  readonly url: string;
  readonly adminKey: string;
  /** By variable name, e.g. SHOPIFY_WEBHOOK_SECRET. */
  readonly secrets: Readonly<Record<string, string | undefined>>;
};

/** How each source of the example integrations signs, and with which secret. */
const sources = {
  shopify: { sender: 'shopify', secret: 'SHOPIFY_WEBHOOK_SECRET' },
  stripe: { sender: 'stripe', secret: 'STRIPE_WEBHOOK_SECRET' },
  woocommerce: { sender: 'woocommerce', secret: 'WOOCOMMERCE_WEBHOOK_SECRET' },
  standard: { sender: 'standard-webhooks', secret: 'STANDARD_WEBHOOKS_SECRET' },
  smoke: { sender: 'standard-webhooks', secret: 'SMOKE_WEBHOOK_SECRET' },
  warehouse: { sender: 'generic-hmac', secret: 'WAREHOUSE_WEBHOOK_SECRET' },
} as const satisfies Record<string, { readonly sender: Sender; readonly secret: string }>;

export type SourceId = keyof typeof sources;

export type Posted = { readonly status: number; readonly body: unknown };

export type DeliverySummary = {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly route: string;
  readonly operation: string;
  readonly event: {
    /** The relay's own, as in the answer to the webhook. */
    readonly id: string;
    readonly source: string;
    readonly eventId: string;
    readonly orderingKey: string;
  };
  readonly attemptCount: number;
  /** Why an open delivery does not run right now, and the delivery it waits for. */
  readonly waiting: { readonly cause: string; readonly on: string | null } | null;
};

export type RelayClient = ReturnType<typeof createRelayClient>;

export function createRelayClient(relay: RelayAddress) {
  const admin = async (
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${relay.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${relay.adminKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await readBody(response) };
  };
  const post = async (source: string, signed: SignedRequest): Promise<Posted> => {
    const response = await fetch(`${relay.url}/hooks/${source}`, {
      method: 'POST',
      headers: signed.headers,
      body: signed.body,
    });
    return { status: response.status, body: await readBody(response) };
  };
  const sign = (source: SourceId, signing: Omit<Signing, 'secret'>): SignedRequest => {
    const { sender, secret } = sources[source];
    const value = relay.secrets[secret];
    if (value === undefined) throw new Error(`${secret} is not known: it stands in .dev.vars of the relay`);
    return signedRequest(sender, { ...signing, secret: value });
  };
  return {
    admin,
    post,
    sign,
    send: (source: SourceId, signing: Omit<Signing, 'secret'>) => post(source, sign(source, signing)),
    /** Every delivery that matches, page by page. `query` as in docs/admin-api.md, e.g. `status=dead_lettered`. */
    deliveries: (query = '') => allDeliveries(admin, query),
    /** Replays the dead letters that match, as a job, and waits for its end. */
    replayAll: (wanted: ReplayAll) => replayAll(admin, wanted),
  };
}

export type BulkJob = {
  readonly id: string;
  readonly status: 'running' | 'succeeded' | 'cancelled' | 'failed';
  readonly total: number | null;
  readonly done: number;
  readonly refused: number;
  readonly refusals: readonly { readonly deliveryId: string; readonly reason: string }[];
  readonly problem?: { readonly code: string; readonly message: string };
};

type ReplayAll = {
  readonly filter: Readonly<Record<string, unknown>>;
  readonly reason: string;
  /** Patience, ms. */
  readonly withinMs: number;
};

/** As fast as a job may be. */
const ratePerSecond = 50;

async function replayAll(
  admin: (method: string, path: string, body?: unknown) => Promise<{ status: number; body: unknown }>,
  { filter, reason, withinMs }: ReplayAll,
): Promise<BulkJob> {
  const started = await admin('POST', '/admin/replays', { filter, reason, ratePerSecond });
  if (started.status !== 202)
    throw new Error(`POST /admin/replays answered ${started.status}: ${JSON.stringify(started.body)}`);
  const { id } = started.body as BulkJob;
  const look = async (): Promise<BulkJob | null> => {
    const job = (await admin('GET', `/admin/replays/${id}`)).body as BulkJob;
    return job.status === 'running' ? null : job;
  };
  return until(`the end of ${id}`, look, withinMs);
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

type Page = { readonly deliveries: readonly DeliverySummary[]; readonly nextCursor: string | null };

async function allDeliveries(
  admin: (method: string, path: string) => Promise<{ status: number; body: unknown }>,
  query: string,
): Promise<DeliverySummary[]> {
  const found: DeliverySummary[] = [];
  let cursor: string | null = null;
  do {
    const at: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { status, body } = await admin('GET', `/admin/deliveries?limit=200&${query}${at}`);
    if (status !== 200) throw new Error(`GET /admin/deliveries answered ${status}: ${JSON.stringify(body)}`);
    const page = body as Page;
    found.push(...page.deliveries);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

export type ErpEffect = {
  readonly number: number;
  readonly operation: string;
  readonly relayKey: string | null;
  readonly documentId: string;
  readonly reference: string | null;
};

/** The sandbox ERP's control side (docs/sandbox.md). */
export function createErpClient(erpUrl: string) {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${erpUrl}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const answer = await readBody(response);
    if (!response.ok)
      throw new Error(`${method} ${path} answered ${response.status}: ${JSON.stringify(answer)}`);
    return answer;
  };
  return {
    state: () =>
      call('GET', '/sandbox/state') as Promise<
        Record<string, unknown> & { readonly operations: readonly ErpEffect[] }
      >,
    summary: () => call('GET', '/sandbox/state?summary=1') as Promise<Record<string, unknown>>,
    /** Replaces all faults; what is not named is off. */
    setFaults: (faults: Record<string, unknown>) => call('PUT', '/sandbox/faults', faults),
    reset: () => call('POST', '/sandbox/reset', {}),
  };
}

/** Asks until the answer is not null, at most `withinMs`. */
export async function until<T>(what: string, ask: () => Promise<T | null>, withinMs: number): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (Date.now() > end) throw new Error(`${what}: not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const openStates = 'status=pending,scheduled,leased,running,held,dead_lettered';

type OpenDelivery = Pick<DeliverySummary, 'id' | 'status' | 'waiting'>;

/** Those that move by themselves: not held, not dead, and not waiting, through any number of others, for one that is. */
export function stillMoving<T extends OpenDelivery>(open: readonly T[]): T[] {
  const stopped = new Set<string>();
  const isStopped = ({ status, waiting }: T): boolean =>
    status === 'held' ||
    status === 'dead_lettered' ||
    waiting?.cause === 'prerequisite_dead' ||
    (waiting?.cause === 'behind_position' && stopped.has(waiting.on ?? ''));
  for (let before = -1; before !== stopped.size; ) {
    before = stopped.size;
    for (const delivery of open) if (isStopped(delivery)) stopped.add(delivery.id);
  }
  return open.filter(({ id }) => !stopped.has(id));
}

/**
 * Until nothing is under way any more: everything is settled, held, a dead letter, or waits for a person behind one.
 * Fails with what still moves: that is where to look.
 */
export async function untilQuiet(client: RelayClient, withinMs: number): Promise<void> {
  let moving: readonly unknown[] = [];
  const isQuiet = async () => {
    moving = stillMoving(await client.deliveries(openStates));
    return moving.length === 0 ? true : null;
  };
  await until('nothing under way', isQuiet, withinMs).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${JSON.stringify(moving.slice(0, 5))}`);
  });
}
