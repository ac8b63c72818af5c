// TailObject: the live tail as one Durable Object with hibernating sockets. When a first listener comes it asks every partition to tell
// it what changes for some minutes, and asks again while somebody listens; while nobody does, no partition tells anything and nothing
// runs here. May decide nothing of deliveries, and keeps nothing of them but the newest in memory, for who reconnects.

import { DurableObject } from 'cloudflare:workers';
import { parseVariables } from '../../config.ts';
import type { Caller, Holder } from '../../core/identity/caller.ts';
import { limits } from '../../core/limits.ts';
import type { TailBatch } from '../../core/tail/tail-changes.ts';
import type { TailItem } from '../../core/tail/tail-item.ts';
import type { Listener, Ticket } from '../../pipeline/tail-ports.ts';
import { randomBytes, systemClock, systemRandomness } from '../clock.ts';
import { costMeter } from '../costs/cost-meter.ts';
import { countRequests, countStorage } from '../costs/count-object.ts';
import { allSequencerNames } from '../doorbell.ts';
import { createTelemetry } from '../telemetry.ts';
import { askPartitions } from './ask-partitions.ts';
import { createTailSockets, type TailSockets } from './tail-sockets.ts';
import { createTailTickets, type TailTickets } from './tail-tickets.ts';

/** Until when the partitions were asked to tell, epoch ms. */
const leaseName = 'lease_until';

export abstract class TailObjectBase extends DurableObject<Env> {
  readonly #storage = countStorage(this.ctx.storage, costMeter);
  readonly #tickets: TailTickets = createTailTickets(this.#storage.kv, randomBytes);
  readonly #telemetry = createTelemetry();
  readonly #sockets: TailSockets = createTailSockets({
    ...{ ctx: this.ctx, kv: this.#storage.kv, now: systemClock.now, uuid: systemRandomness.uuid },
    findCaller: (holder) => this.findCaller(holder),
  });
  /** What was told lately, the oldest first, and since when it is whole, epoch ms; null: it is not. */
  #recent: { readonly at: number; readonly item: TailItem }[] = [];
  #wholeSince: number | null = this.#isAsked() ? Date.now() : null;
  /** Until when who left may come back, epoch ms. */
  #graceUntil = 0;

  /** Who the registry says it is now; null: it is not let in any more. Throws where nobody can say. */
  protected abstract findCaller(holder: Holder): Promise<Caller | null>;

  issueTicket(holder: Holder): Promise<Ticket> {
    return this.#tickets.issue(holder, Date.now());
  }

  redeemTicket(ticket: string): Promise<Holder | null> {
    return this.#tickets.redeem(ticket, Date.now());
  }

  /** An upgrade of the relay's own Worker, which has said yes to its caller; nobody else can reach an object. */
  override async fetch(request: Request): Promise<Response> {
    if (this.#sockets.count() >= limits.maxTailListeners) return new Response(null, { status: 503 });
    const text = new URL(request.url).searchParams.get('listener') ?? '';
    const { holder, filter, since, protocol } = JSON.parse(text) as Listener;
    await this.#begin();
    const { 0: client, 1: server } = new WebSocketPair();
    this.#sockets.add(server, { holder, filter, openedAt: Date.now() });
    this.#sockets.hello(server);
    if (since !== null) await this.#tellSince(server, since);
    const headers = protocol === null ? {} : { 'sec-websocket-protocol': protocol };
    return new Response(null, { status: 101, webSocket: client, headers });
  }

  /** A partition tells what changed in it. False: nobody listens. */
  async publish(batch: TailBatch): Promise<boolean> {
    const now = Date.now();
    if (this.#sockets.count() === 0 && this.#graceUntil <= now) {
      this.#forgetLease();
      return false;
    }
    if (batch.missedCount > 0) this.#wholeSince = now;
    this.#remember(batch.items, now);
    await this.#sockets.tell(batch);
    return true;
  }

  override async alarm(): Promise<void> {
    if (this.#sockets.count() === 0) return;
    await this.#storage.setAlarm(Date.now() + limits.tailBeatMs);
    if ((this.#storage.kv.get<number>(leaseName) ?? 0) < Date.now() + limits.tailLeaseMs / 2)
      await this.#ask();
    await this.#sockets.beat();
  }

  /** It is told and not asked: who writes is no listener. */
  override async webSocketMessage(socket: WebSocket): Promise<void> {
    this.#sockets.close(socket, 'unexpected_message');
  }

  override async webSocketClose(socket: WebSocket): Promise<void> {
    this.#sockets.remove(socket);
    this.#graceUntil = Date.now() + limits.tailGraceMs;
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    await this.webSocketClose(socket);
  }

  /** Before the first `hello`, so that from there on nothing that changes is left out without a word. */
  async #begin(): Promise<void> {
    // What a partition tells while the others are still asked is no reason to stop it.
    this.#graceUntil = Date.now() + limits.tailGraceMs;
    if ((await this.#storage.getAlarm()) === null)
      await this.#storage.setAlarm(Date.now() + limits.tailBeatMs);
    if (!this.#isAsked()) await this.#ask();
  }

  async #tellSince(socket: WebSocket, since: number): Promise<void> {
    if (this.#wholeSince === null || this.#wholeSince > since) return this.#sockets.gap(socket);
    const items = this.#recent.filter(({ at }) => at >= since).map(({ item }) => item);
    await this.#sockets.tell({ items: newestOf(items), missedCount: 0 }, socket);
  }

  #isAsked(): boolean {
    return (this.#storage.kv.get<number>(leaseName) ?? 0) > Date.now() + limits.tailBeatMs;
  }

  async #ask(): Promise<void> {
    const untilAt = Date.now() + limits.tailLeaseMs;
    const variables = parseVariables({ ...this.env });
    if (!variables.ok) return;
    const { partitions, previousPartitions } = variables.value;
    const names = allSequencerNames([...previousPartitions, partitions]);
    const unanswered = await askPartitions(this.env.SEQUENCER, { names, untilAt, clock: systemClock });
    if (unanswered.length > 0) {
      this.#telemetry.log('warn', 'tail.partitions_unasked', { sequencers: unanswered });
      // The next beat asks again.
      this.#forgetLease();
      return;
    }
    this.#storage.kv.put(leaseName, untilAt);
    this.#wholeSince ??= Date.now();
  }

  #remember(items: readonly TailItem[], at: number): void {
    this.#recent.push(...items.map((item) => ({ at, item })));
    const [last] = this.#recent.splice(0, Math.max(0, this.#recent.length - limits.maxTailRecent)).slice(-1);
    if (last !== undefined && this.#wholeSince !== null) this.#wholeSince = last.at + 1;
  }

  #forgetLease(): void {
    this.#wholeSince = null;
    this.#recent = [];
    if (this.#storage.kv.get<number>(leaseName) !== undefined) this.#storage.kv.delete(leaseName);
  }
}

/** Of each delivery the last that was told. */
function newestOf(items: readonly TailItem[]): readonly TailItem[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}

countRequests(TailObjectBase.prototype, costMeter);
