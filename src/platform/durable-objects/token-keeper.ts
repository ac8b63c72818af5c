// The one writer of a target's token: single flight, renewed ahead of its end, kept encrypted, and no login loop: after a
// refusal only a few logins are tried by themselves, far apart, and then only a person's. What it may not do is decide what
// a refusal means for deliveries: it tells its owner.

import type { LoginResult, TokenStrategy } from '../../core/erp.ts';
import type { KnownEnd } from '../../core/target-conditions.ts';
import type { TokenView } from '../../core/target-view.ts';
import {
  dueWarning,
  loginRetryAt,
  mayLogIn,
  neverExpiresAt,
  type Refusals,
  renewAt,
  renewIdleAt,
  tokenMarginMs,
} from '../../core/token-life.ts';
import type { Clock, Telemetry } from '../../pipeline/ports.ts';
import type { TokenAnswer } from '../fetch/target-tokens.ts';
import { type ConfiguredTarget, connectWithoutToken } from './login-connection.ts';
import type { KeptToken, TokenRecord } from './token-record.ts';

export type TokenKeeperDependencies = {
  readonly targetId: string;
  readonly find: () => ConfiguredTarget | null;
  readonly record: TokenRecord;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly loggedIn: () => void;
  readonly refused: (message: string, retryAt: number | null) => void;
  readonly expiring: (what: 'static_key' | 'refresh_token', expiresAt: number) => void;
};

/** After a login that got no answer none is tried by itself for so long, ms. */
const unansweredMs = 15_000;

export class TokenKeeper {
  readonly #deps: TokenKeeperDependencies;
  readonly #record: TokenRecord;
  #login: Promise<TokenAnswer> | null = null;
  #usedAt = 0;
  #notBeforeAt = 0;

  constructor(deps: TokenKeeperDependencies) {
    this.#deps = deps;
    this.#record = deps.record;
  }

  /** @param stale a token the ERP no longer takes; null: any good one will do */
  async get(stale: string | null): Promise<TokenAnswer> {
    await this.#record.load();
    this.#usedAt = this.#now();
    const { token } = this.#record;
    if (token !== null && token.token !== stale && this.#isGood(token)) {
      return { kind: 'token', token: token.token, expiresAt: token.expiresAt };
    }
    return this.#logInOnce({ stale, byHand: false });
  }

  /** A person asks for a login: refusals before it do not count. */
  async logInByHand(): Promise<TokenAnswer> {
    await this.#record.load();
    return this.#logInOnce({ stale: null, byHand: true });
  }

  /** The ERP refused a token it had just given. */
  async noteRefusedToken(message: string): Promise<void> {
    const configured = this.#deps.find();
    if (configured === null) return;
    this.#record.end(this.#now());
    this.#noteRefused('token', message, await this.#record.fingerprint(configured.settings.credential));
  }

  /** The ERP took a token: earlier refusals are over. */
  noteAccepted(): void {
    if (this.#record.notes.refusals !== null) this.#record.note({ refusals: null, isRetried: false });
  }

  /** After a refusal: whether a login may be tried now, because its time has come or the credential is another. */
  async mayTryAgain(): Promise<boolean> {
    const configured = this.#deps.find();
    if (configured === null || this.#login !== null || this.#notBeforeAt > this.#now()) return false;
    const fingerprint = await this.#record.fingerprint(configured.settings.credential);
    return mayLogIn(this.#record.notes.refusals, fingerprint, this.#now());
  }

  /** Renews what is due and warns of what ends. */
  async tend(): Promise<void> {
    await this.#record.load();
    const configured = this.#deps.find();
    if (configured === null) return;
    this.#warn(configured);
    const due = this.#nextLoginAt();
    if (due === null || due > this.#now()) return;
    await this.#logInOnce({ stale: null, byHand: false });
  }

  /** When to tend next, epoch ms; null: nothing is to come. */
  tendAt(): number | null {
    const configured = this.#deps.find();
    if (configured === null) return null;
    const end = this.#knownEnd(configured);
    const warning = dueWarning(end?.expiresAt ?? null, this.#warnedDays(end?.expiresAt), this.#now());
    const warnAt = warning.dueDays === null ? warning.nextAt : this.#now();
    const times = [warnAt, this.#nextLoginAt()].filter((at) => at !== null);
    return times.length === 0 ? null : Math.min(...times);
  }

  /** The end that was warned of and has not been put off since; null: none. */
  warnedEnd(): KnownEnd | null {
    const configured = this.#deps.find();
    const end = configured === null ? null : this.#knownEnd(configured);
    return end !== null && this.#warnedDays(end.expiresAt) !== null ? end : null;
  }

  async view(): Promise<TokenView | null> {
    await this.#record.load();
    const configured = this.#deps.find();
    if (configured === null) return null;
    const strategy = strategyOf(configured);
    const { token } = this.#record;
    return {
      strategy,
      expiresAt: token === null || token.expiresAt >= neverExpiresAt ? null : token.expiresAt,
      refreshExpiresAt: token?.refreshExpiresAt ?? null,
      isPersisted: this.#record.isPersisted && strategy !== 'static_key',
    };
  }

  #logInOnce(login: { readonly stale: string | null; readonly byHand: boolean }): Promise<TokenAnswer> {
    this.#login ??= this.#logIn(login).finally(() => {
      this.#login = null;
    });
    return this.#login;
  }

  async #logIn({ stale, byHand }: { stale: string | null; byHand: boolean }): Promise<TokenAnswer> {
    const { targetId, telemetry } = this.#deps;
    const configured = this.#deps.find();
    if (configured === null) return { kind: 'refused', message: `there is no target ${targetId}` };
    const fingerprint = await this.#record.fingerprint(configured.settings.credential);
    const { refusals, isRetried } = this.#record.notes;
    if (!byHand && !isRetried && !mayLogIn(refusals, fingerprint, this.#now())) {
      return { kind: 'refused', message: refusals?.message ?? 'the ERP refused the credential' };
    }
    const result = await this.#askErp(configured, fingerprint);
    const strategy = strategyOf(configured);
    if (result.kind === 'logged_in' && result.token !== stale) {
      return this.#take(result, { fingerprint, strategy, byHand });
    }
    // A static key is its own token: a login cannot give another.
    const failed =
      result.kind === 'logged_in'
        ? ({ kind: 'refused', message: 'the ERP refused the key' } as const)
        : result;
    const { kind: outcome, message } = failed;
    const level = failed.kind === 'refused' ? 'error' : 'warn';
    telemetry.log(level, 'target.login_failed', { target: targetId, strategy, outcome, message });
    if (failed.kind === 'unavailable') {
      this.#notBeforeAt = this.#now() + unansweredMs;
      return failed;
    }
    this.#record.end(this.#now());
    this.#noteRefused('login', message, fingerprint);
    return failed;
  }

  async #askErp(configured: ConfiguredTarget, fingerprint: string): Promise<LoginResult> {
    const { session } = configured.target.adapter;
    const { credential } = configured.settings;
    const erp = connectWithoutToken(configured, this.#deps.clock);
    const now = this.#now();
    const refreshToken = this.#ownToken(fingerprint)?.refreshToken ?? null;
    try {
      return session.refresh !== undefined && refreshToken !== null
        ? await session.refresh(erp, { credential, refreshToken, now })
        : await session.login(erp, credential, now);
    } catch (error) {
      return { kind: 'unavailable', message: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Kept before it is used: a refresh token that was replaced is no longer good. */
  async #take(
    result: Extract<LoginResult, { kind: 'logged_in' }>,
    login: { readonly fingerprint: string; readonly strategy: TokenStrategy; readonly byHand: boolean },
  ): Promise<TokenAnswer> {
    const { token, expiresAt } = result;
    const { fingerprint, strategy, byHand } = login;
    const before = this.#ownToken(fingerprint);
    const kept: KeptToken = {
      token,
      obtainedAt: this.#now(),
      expiresAt,
      refreshToken: result.refreshToken ?? before?.refreshToken ?? null,
      refreshExpiresAt: result.refreshExpiresAt ?? before?.refreshExpiresAt ?? null,
      fingerprint,
    };
    await this.#record.keep(kept, { inMemoryOnly: strategy === 'static_key' });
    const { refusals } = this.#record.notes;
    if (refusals !== null) {
      // That a login works says nothing of tokens that were refused, unless a person vouches for it.
      const isOver = byHand || refusals.of === 'login' || refusals.fingerprint !== fingerprint;
      this.#record.note(isOver ? { refusals: null, isRetried: false } : { isRetried: true });
    }
    const { targetId, telemetry } = this.#deps;
    telemetry.log('info', 'target.logged_in', { target: targetId, strategy, expiresAt });
    this.#deps.loggedIn();
    return { kind: 'token', token, expiresAt };
  }

  /** The token that was obtained with the present credential. */
  #ownToken(fingerprint: string): KeptToken | null {
    const { token } = this.#record;
    return token?.fingerprint === fingerprint ? token : null;
  }

  #noteRefused(of: Refusals['of'], message: string, fingerprint: string): void {
    const { refusals: before } = this.#record.notes;
    const count = (before?.fingerprint === fingerprint ? before.count : 0) + 1;
    const refusals: Refusals = { of, count, at: this.#now(), message, fingerprint };
    this.#record.note({ refusals, isRetried: false });
    this.#deps.refused(message, loginRetryAt(refusals));
  }

  #warn(configured: ConfiguredTarget): void {
    const end = this.#knownEnd(configured);
    if (end === null) return;
    const { dueDays } = dueWarning(end.expiresAt, this.#warnedDays(end.expiresAt), this.#now());
    if (dueDays === null) return;
    this.#record.note({ warned: { expiresAt: end.expiresAt, days: dueDays } });
    this.#deps.expiring(end.what, end.expiresAt);
  }

  #warnedDays(expiresAt: number | undefined): number | null {
    const { warned } = this.#record.notes;
    return warned !== null && warned.expiresAt === expiresAt ? warned.days : null;
  }

  /**
   * The next login by itself: after a refusal; ahead of the end of a token in use; of an idle one only to keep its
   * refresh token alive.
   */
  #nextLoginAt(): number | null {
    const { refusals, isRetried } = this.#record.notes;
    const { token } = this.#record;
    if (refusals !== null && !isRetried) return atLeast(loginRetryAt(refusals), this.#notBeforeAt);
    if (token === null) return null;
    const renew = this.#usedAt >= token.obtainedAt ? renewAt(token) : null;
    return atLeast(renew ?? (token.refreshToken === null ? null : renewIdleAt(token)), this.#notBeforeAt);
  }

  /** What ends by itself and needs a person: a static key with an end, a refresh token with a hard one. */
  #knownEnd(configured: ConfiguredTarget): KnownEnd | null {
    if (strategyOf(configured) === 'static_key') {
      const expiresAt = Date.parse(configured.settings.credential.expiresAt ?? '');
      return Number.isNaN(expiresAt) ? null : { what: 'static_key', expiresAt };
    }
    const expiresAt = this.#record.token?.refreshExpiresAt ?? null;
    return expiresAt === null ? null : { what: 'refresh_token', expiresAt };
  }

  #isGood({ expiresAt, obtainedAt }: KeptToken): boolean {
    return expiresAt > this.#now() + tokenMarginMs(expiresAt - obtainedAt);
  }

  #now(): number {
    return this.#deps.clock.now();
  }
}

function strategyOf({ target }: ConfiguredTarget): TokenStrategy {
  return target.adapter.session.strategy ?? 'session_login';
}

function atLeast(at: number | null, bound: number): number | null {
  return at === null ? null : Math.max(at, bound);
}
