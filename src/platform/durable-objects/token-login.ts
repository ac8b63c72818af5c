// One login of a target: asks the ERP, keeps what it gave before it is used, and counts refusals. Asked by token-keeper.ts only,
// which sees to it that there is one at a time; may not decide when to log in.

import type { LoginResult, TokenStrategy } from '../../core/erp.ts';
import { loginRetryAt, mayLogIn, neverExpiresAt, type Refusals } from '../../core/token-life.ts';
import type { Clock, Telemetry } from '../../pipeline/ports.ts';
import type { TokenAnswer } from '../fetch/target-tokens.ts';
import type { KeyRotator } from './key-rotator.ts';
import { type ConfiguredTarget, connectWithoutToken } from './login-connection.ts';
import type { KeptToken, TokenRecord } from './token-record.ts';

export type TokenLoginDependencies = {
  readonly targetId: string;
  readonly record: TokenRecord;
  readonly rotator: KeyRotator;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly loggedIn: () => void;
  readonly refused: (message: string, retryAt: number | null) => void;
};

export type LoginRequest = {
  readonly configured: ConfiguredTarget;
  /** A token the ERP no longer takes; null: none is known. */
  readonly stale: string | null;
  /** A person asks: refusals before it do not count. */
  readonly byHand: boolean;
};

/** After a login that got no answer none is tried by itself for so long, ms. */
const unansweredMs = 15_000;

export class TokenLogin {
  readonly #deps: TokenLoginDependencies;
  #notBeforeAt = 0;

  constructor(deps: TokenLoginDependencies) {
    this.#deps = deps;
  }

  /** No login is tried by itself before, epoch ms. */
  get notBeforeAt(): number {
    return this.#notBeforeAt;
  }

  async logIn({ configured, stale, byHand }: LoginRequest): Promise<TokenAnswer> {
    const { targetId, telemetry, record } = this.#deps;
    const fingerprint = await record.fingerprint(configured.settings.credential);
    const { refusals, isRetried } = record.notes;
    if (!byHand && !isRetried && !mayLogIn(refusals, fingerprint, this.#now())) {
      return { kind: 'refused', message: refusals?.message ?? 'the ERP refused the credential' };
    }
    const result = await this.#askErp(configured, { fingerprint, stale });
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
    record.end(this.#now());
    this.noteRefused('login', message, fingerprint);
    return failed;
  }

  noteRefused(of: Refusals['of'], message: string, fingerprint: string): void {
    const { record, refused } = this.#deps;
    const { refusals: before } = record.notes;
    const count = (before?.fingerprint === fingerprint ? before.count : 0) + 1;
    const refusals: Refusals = { of, count, at: this.#now(), message, fingerprint };
    record.note({ refusals, isRetried: false });
    refused(message, loginRetryAt(refusals));
  }

  async #askErp(
    configured: ConfiguredTarget,
    { fingerprint, stale }: { readonly fingerprint: string; readonly stale: string | null },
  ): Promise<LoginResult> {
    const { session } = configured.target.adapter;
    const { credential } = configured.settings;
    const erp = connectWithoutToken(configured, this.#deps.clock);
    const now = this.#now();
    const refreshToken = this.#ownToken(fingerprint)?.refreshToken ?? null;
    try {
      if (session.rotation !== undefined) {
        const issued = await this.#issuedKey(fingerprint, stale);
        if (issued !== null) return issued;
        this.#deps.rotator.noteUsed(fingerprint);
      }
      return session.refresh !== undefined && refreshToken !== null
        ? await session.refresh(erp, { credential, refreshToken, now })
        : await session.login(erp, credential, now);
    } catch (error) {
      return { kind: 'unavailable', message: error instanceof Error ? error.message : String(error) };
    }
  }

  /** A key that was issued in place of the configured one; of a refused one the one before it. */
  async #issuedKey(fingerprint: string, stale: string | null): Promise<LoginResult | null> {
    const { rotator } = this.#deps;
    const current = rotator.key(fingerprint);
    if (current === null) return null;
    const usable = current.key === stale ? await rotator.fallBack(fingerprint, stale) : current;
    const { key, expiresAt } = usable ?? current;
    if (expiresAt !== null && expiresAt <= this.#now()) {
      return { kind: 'refused', message: `the key ended at ${new Date(expiresAt).toISOString()}` };
    }
    return { kind: 'logged_in', token: key, expiresAt: expiresAt ?? neverExpiresAt };
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
    await this.#deps.record.keep(kept, { inMemoryOnly: strategy === 'static_key' });
    const { refusals } = this.#deps.record.notes;
    if (refusals !== null) {
      // That a login works says nothing of tokens that were refused, unless a person vouches for it.
      const isOver = byHand || refusals.of === 'login' || refusals.fingerprint !== fingerprint;
      this.#deps.record.note(isOver ? { refusals: null, isRetried: false } : { isRetried: true });
    }
    const { targetId, telemetry } = this.#deps;
    telemetry.log('info', 'target.logged_in', { target: targetId, strategy, expiresAt });
    this.#deps.loggedIn();
    return { kind: 'token', token, expiresAt };
  }

  /** The token that was obtained with the present credential. */
  #ownToken(fingerprint: string): KeptToken | null {
    const { token } = this.#deps.record;
    return token?.fingerprint === fingerprint ? token : null;
  }

  #now(): number {
    return this.#deps.clock.now();
  }
}

export function strategyOf({ target }: ConfiguredTarget): TokenStrategy {
  return target.adapter.session.strategy ?? 'session_login';
}
