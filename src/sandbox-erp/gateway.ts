// The way of an API call: switches that strike before it, token, idempotency, the rule in its transaction,
// and the switches that strike after it. Reads top to bottom in the order things happen.
// May not know a business rule, nor how the Worker sends an answer.

import { ISSUE_KEY_ROUTE, issueApiKey, REVOKE_KEY_ROUTE, revokeApiKey } from './api-keys.ts';
import type { CallCounts } from './call-counts.ts';
import type { Erp, ErpSettings } from './erp.ts';
import type { ErpStore } from './erp-store.ts';
import { type Chance, type ErpFaults, renameFields, strikes } from './faults.ts';
import { createJob, dueJobs, endJob, type Job, toAnswer } from './jobs.ts';
import { keepAnswer, knownAnswer } from './kept-answers.ts';
import { BATCH_ROUTE, type Performed, performBatch, performRoute, unknownRoute } from './perform-request.ts';
import { Refusal } from './refusal.ts';
import { matchRoute, type RouteMatch } from './routes.ts';
import { authenticate, login, type MainKey, type Session } from './sessions.ts';

export type ErpCall = {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly token: string | null;
  readonly idempotencyKey: string | null;
  /** SHA-256 of the body; the Worker makes it where an idempotency key came along. */
  readonly bodyDigest: string | null;
  readonly body: string;
};

export type ErpReply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
  /** How long the Worker holds the answer back. */
  readonly delayMs: number;
  /** True where the connection breaks off in the middle of the body. */
  readonly cut: boolean;
};

export interface GatewayHost {
  readonly store: ErpStore;
  readonly counts: CallCounts;
  readonly settings: ErpSettings;
  readonly faults: ErpFaults;
  readonly mainKey: MainKey;
  now(): number;
  /** Runs in one transaction, or in a savepoint where one is open; a throw undoes it. */
  transaction<T>(run: () => T): T;
  /** Runs later, outside the call. Dropped where the documents were cleared meanwhile. */
  later(delayMs: number, run: () => void): void;
}

export const LOGIN_ROUTE = 'POST /auth/token';

/** Not in the table of the API's routes. */
const SPECIAL_ROUTES: readonly string[] = [BATCH_ROUTE, LOGIN_ROUTE, ISSUE_KEY_ROUTE, REVOKE_KEY_ROUTE];

type Arrived = {
  readonly call: ErpCall;
  readonly number: number;
  readonly route: string;
  readonly match: RouteMatch | null;
};

export class Gateway {
  readonly #host: GatewayHost;
  /** Idempotency keys whose commit is still to come. */
  readonly #pendingKeys = new Set<string>();
  #second = 0;
  #callsInSecond = 0;

  constructor(host: GatewayHost) {
    this.#host = host;
  }

  answer(call: ErpCall): ErpReply {
    const match = matchRoute(call.method, call.path);
    const name = `${call.method} ${call.path}`;
    const special = SPECIAL_ROUTES.includes(name) ? name : 'unknown route';
    const arrived: Arrived = {
      call,
      number: this.#host.counts.nextCall(),
      route: match?.route.name ?? special,
      match,
    };
    this.#runDueJobs();
    const performed = this.#perform(arrived);
    this.#host.counts.count(arrived.route, { status: performed.status, code: codeOf(performed.body) });
    // In the same turn as what the call wrote, so it is the same commit; a read stays without one.
    if (match?.route.effect !== false) this.#host.store.setNote('counts', this.#host.counts.toNote());
    return this.#toReply(arrived, performed);
  }

  /** After a reset: what was to be committed never will be. */
  forgetPending(): void {
    this.#pendingKeys.clear();
  }

  /** What is answered, refusals included. Anything else thrown is a bug and stays one. */
  #perform(arrived: Arrived): Outgoing {
    try {
      this.#strikeBefore(arrived);
      if (arrived.route === LOGIN_ROUTE) return this.#login(arrived.call);
      return this.#performSession(arrived);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { status: error.status, body: error.body, headers: error.headers };
    }
  }

  #strikeBefore(arrived: Arrived): void {
    const { faults } = this.#host;
    if (faults.down) throw new Refusal({ status: 503, code: 'unavailable', message: 'The ERP is down.' });
    // Logins are spared: a rate that fails calls should not also lock the caller out.
    if (arrived.route === LOGIN_ROUTE) return;
    this.#limitRate();
    if (this.#strikes('error', arrived)) {
      throw new Refusal({ status: 500, code: 'server_error', message: 'The ERP failed. Nothing was done.' });
    }
  }

  #limitRate(): void {
    const { rateLimit } = this.#host.faults;
    if (rateLimit === null) return;
    const second = Math.floor(this.#host.now() / 1_000);
    if (second !== this.#second) this.#callsInSecond = 0;
    this.#second = second;
    this.#callsInSecond += 1;
    if (this.#callsInSecond <= rateLimit.perSecond) return;
    const headers = { 'retry-after': String(rateLimit.retryAfterSeconds) };
    throw new Refusal({ status: 429, code: 'rate_limited', message: 'Too many calls.', headers });
  }

  #login(call: ErpCall): Outgoing {
    const outcome = this.#host.transaction(() => login(this.#erp(), this.#host.mainKey, jsonOf(call.body)));
    this.#host.counts.countLogin(!(outcome instanceof Refusal));
    if (outcome instanceof Refusal) throw outcome;
    return { status: 200, body: outcome, headers: {} };
  }

  #performSession(arrived: Arrived): Outgoing {
    const { call, match, route } = arrived;
    const { faults } = this.#host;
    const session = authenticate(this.#erp(), call.token, faults.expiredAs === 'envelope' ? 200 : 401);
    if (route === ISSUE_KEY_ROUTE || route === REVOKE_KEY_ROUTE) return this.#changeKeys(arrived, session);
    if (match === null && route !== BATCH_ROUTE) throw unknownRoute(call.method, call.path);
    if (match?.route.effect === false) {
      const performed = performRoute(this.#erp(), match, { session, query: call.query, body: undefined });
      return { ...performed, headers: {} };
    }
    if (this.#strikes('locked', arrived)) {
      throw new Refusal({ status: 409, code: 'record_locked', message: 'Another user has the record open.' });
    }
    if (this.#strikes('no_effect', arrived)) return { status: 200, body: null, headers: {} };
    const lost = this.#strikes('lost', arrived);
    const jobMs = this.#jobMs(arrived);
    if (jobMs !== null) {
      const taken = this.#performAsJob(arrived, session, jobMs);
      return lost ? this.#lostAnswer(taken) : taken;
    }
    if (lost && faults.commitAfterMs > 0) return this.#performLater(arrived, session);
    const done = this.#performOnce(arrived, session);
    return lost ? this.#lostAnswer(done) : done;
  }

  /** How long the write takes as a job; null where it is done at once. */
  #jobMs({ route, match }: Arrived): number | null {
    const { faults, settings } = this.#host;
    if (faults.async?.routes.includes(route) === true) return faults.async.afterMs;
    return match?.route.isJob === true ? settings.periodCloseMs : null;
  }

  #changeKeys({ call, route }: Arrived, session: Session): Outgoing {
    return this.#host.transaction(() => {
      const [erp, body] = [this.#erp(), jsonOf(call.body)];
      if (route === REVOKE_KEY_ROUTE)
        return { status: 200, body: revokeApiKey(erp, session, body), headers: {} };
      return { status: 201, body: issueApiKey(erp, session, body), headers: {} };
    });
  }

  #performLater(arrived: Arrived, session: Session): Outgoing {
    const key = this.#answerKey(arrived.call, session);
    if (key !== null) this.#pendingKeys.add(key);
    this.#host.later(this.#host.faults.commitAfterMs, () => {
      if (key !== null) this.#pendingKeys.delete(key);
      try {
        this.#performOnce(arrived, session);
      } catch (error) {
        // Nobody waits for this answer any more; a refusal of it is nobody's either.
        if (!(error instanceof Refusal)) throw error;
      }
    });
    return this.#lostAnswer({ status: 200, body: null, headers: {} });
  }

  /** Takes the write now and does it later; nothing of it is looked at before. */
  #performAsJob({ call }: Arrived, session: Session, afterMs: number): Outgoing {
    const { store } = this.#host;
    const now = this.#host.now();
    const { method, path, body } = call;
    const job = createJob(store, { createdAt: now, dueAt: now + afterMs, session, method, path, body });
    this.#host.later(afterMs, () => this.#runDueJobs());
    return { status: 202, body: toAnswer(job, now), headers: { location: `/api/jobs/${job.jobId}` } };
  }

  #runDueJobs(): void {
    const { store } = this.#host;
    for (const job of dueJobs(store, this.#host.now())) {
      this.#host.transaction(() => endJob(store, job, this.#runJob(job)));
    }
  }

  #runJob({ method, path, body, session }: Job): Performed {
    const match = matchRoute(method, path);
    try {
      return this.#host.transaction(() => {
        const request = { session, query: {}, body: jsonOf(body) };
        if (match !== null) return performRoute(this.#erp(), match, request);
        return performBatch(this.#erp(), request, (run) => this.#host.transaction(run));
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { status: error.status, body: error.body };
    }
  }

  #lostAnswer(done: Outgoing): Outgoing {
    const { lostAnswerMode } = this.#host.faults;
    if (lostAnswerMode === 'cut') return { ...done, cut: true };
    const status = lostAnswerMode === 'http_504' ? 504 : 502;
    return {
      status,
      body: { error: { code: 'gateway_error', message: 'No answer came from the ERP.' } },
      headers: {},
    };
  }

  /** The rule, its effects and the answer under the idempotency key: one transaction, one commit. */
  #performOnce(arrived: Arrived, session: Session): Outgoing {
    const key = this.#answerKey(arrived.call, session);
    if (key !== null && this.#pendingKeys.has(key)) {
      throw new Refusal({
        status: 409,
        code: 'request_in_progress',
        message: 'This request is being worked on.',
      });
    }
    const { store } = this.#host;
    return this.#host.transaction(() => {
      if (key === null) return { ...this.#performRules(arrived, session), headers: {} };
      const kept = { key, bodyDigest: arrived.call.bodyDigest, now: this.#host.now() };
      const known = knownAnswer(store, kept);
      if (known !== null) return { ...known, headers: { 'idempotent-replayed': 'true' } };
      const performed = this.#performRules(arrived, session);
      keepAnswer(store, kept, performed);
      return { ...performed, headers: {} };
    });
  }

  #performRules({ call, match }: Arrived, session: Session): Performed {
    const request = { session, query: call.query, body: jsonOf(call.body) };
    if (match !== null) return performRoute(this.#erp(), match, request);
    return performBatch(this.#erp(), request, (run) => this.#host.transaction(run));
  }

  #answerKey({ method, path, idempotencyKey }: ErpCall, { keyId }: Session): string | null {
    if (idempotencyKey === null || !this.#host.faults.idempotency) return null;
    return `${keyId} ${method} ${path} ${idempotencyKey}`;
  }

  #toReply(arrived: Arrived, { status, body, headers, cut = false }: Outgoing): ErpReply {
    const { faults } = this.#host;
    const renamed =
      status < 300 && arrived.route !== LOGIN_ROUTE ? renameFields(body, faults.renamedField) : body;
    const slow = arrived.route !== LOGIN_ROUTE && this.#strikes('slow', arrived);
    return { status, headers, body: JSON.stringify(renamed), delayMs: slow ? faults.slowMs : 0, cut };
  }

  #strikes(chance: Chance, { number, route }: Arrived): boolean {
    return strikes(this.#host.faults, chance, { number, route });
  }

  #erp(): Erp {
    const { store, settings, faults } = this.#host;
    const { invalidSkus, modulesOff } = faults;
    return { store, now: this.#host.now(), settings, invalidSkus, modulesOff };
  }
}

type Outgoing = Performed & { readonly headers: Readonly<Record<string, string>>; readonly cut?: boolean };

function jsonOf(body: string): unknown {
  if (body === '') return {};
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal({ status: 400, code: 'malformed_json', message: 'The body is not JSON.' });
  }
}

function codeOf(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('error' in body)) return null;
  const { error } = body;
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : null;
}
