// The one writer of a target's token: single flight, renewed ahead of its end, kept encrypted, and no login loop: after a
// refusal only a few logins are tried by themselves, far apart, and then only a person's. What it may not do is decide what
// a refusal means for deliveries: it tells its owner.

import type { KnownEnd, RotationTrouble } from '../../core/target-conditions.ts';
import type { TokenView } from '../../core/target-view.ts';
import {
  dueWarning,
  keyKeptMs,
  loginRetryAt,
  mayLogIn,
  neverExpiresAt,
  renewAt,
  renewIdleAt,
  tokenMarginMs,
} from '../../core/token-life.ts';
import type { Clock, Telemetry } from '../../pipeline/ports.ts';
import type { TokenAnswer } from '../fetch/target-tokens.ts';
import type { KeyRotator, RotatedTarget } from './key-rotator.ts';
import { type ConfiguredTarget, connectWithoutToken } from './login-connection.ts';
import { strategyOf, TokenLogin } from './token-login.ts';
import type { KeptToken, TokenRecord } from './token-record.ts';

export type TokenKeeperDependencies = {
  readonly targetId: string;
  readonly find: () => ConfiguredTarget | null;
  readonly record: TokenRecord;
  readonly rotator: KeyRotator;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly loggedIn: () => void;
  readonly refused: (message: string, retryAt: number | null) => void;
  readonly expiring: (what: 'static_key' | 'refresh_token', expiresAt: number) => void;
};

export class TokenKeeper {
  readonly #deps: TokenKeeperDependencies;
  readonly #record: TokenRecord;
  readonly #login: TokenLogin;
  #running: Promise<TokenAnswer> | null = null;
  #tending: Promise<void> | null = null;
  /** Where its key is replaced by the ERP's; null: it is not, or not known yet. */
  #rotated: RotatedTarget | null = null;
  #usedAt = 0;

  constructor(deps: TokenKeeperDependencies) {
    this.#deps = deps;
    this.#record = deps.record;
    this.#login = new TokenLogin(deps);
  }

  /** @param stale a token the ERP no longer takes; null: any good one will do */
  async get(stale: string | null): Promise<TokenAnswer> {
    await this.#load();
    this.#usedAt = this.#now();
    const { token } = this.#record;
    if (token !== null && token.token !== stale && this.#isGood(token)) {
      return this.#bounded({ kind: 'token', token: token.token, expiresAt: token.expiresAt });
    }
    return this.#bounded(await this.#logInOnce({ stale, byHand: false }));
  }

  /** A key that may be replaced is not kept for long by whoever gets it, so that the old one can be ended. */
  #bounded(answer: TokenAnswer): TokenAnswer {
    if (answer.kind !== 'token' || this.#rotated === null) return answer;
    const keptUntilAt = this.#now() + keyKeptMs(this.#rotated.rotation.everyMs);
    return { ...answer, expiresAt: Math.min(answer.expiresAt, keptUntilAt) };
  }

  /** A person asks for a login: refusals before it do not count. */
  async logInByHand(): Promise<TokenAnswer> {
    await this.#load();
    return this.#logInOnce({ stale: null, byHand: true });
  }

  /** The ERP refused a token it had just given. */
  async noteRefusedToken(message: string): Promise<void> {
    const configured = this.#deps.find();
    if (configured === null) return;
    this.#record.end(this.#now());
    const fingerprint = await this.#record.fingerprint(configured.settings.credential);
    this.#login.noteRefused('token', message, fingerprint);
  }

  /** The ERP took a token: earlier refusals are over. */
  noteAccepted(): void {
    if (this.#record.notes.refusals !== null) this.#record.note({ refusals: null, isRetried: false });
  }

  /** After a refusal: whether a login may be tried now, because its time has come or the credential is another. */
  async mayTryAgain(): Promise<boolean> {
    const configured = this.#deps.find();
    if (configured === null || this.#running !== null) return false;
    if (this.#login.notBeforeAt > this.#now()) return false;
    const fingerprint = await this.#record.fingerprint(configured.settings.credential);
    return mayLogIn(this.#record.notes.refusals, fingerprint, this.#now());
  }

  /** Renews and rotates what is due, warns of what ends, and tries a credential that a person has replaced. */
  tend(): Promise<void> {
    this.#tending ??= this.#tend().finally(() => {
      this.#tending = null;
    });
    return this.#tending;
  }

  async #tend(): Promise<void> {
    await this.#load();
    const configured = this.#deps.find();
    if (configured === null) return;
    this.#warn(configured);
    const isRefused = this.#record.notes.refusals !== null;
    if (this.#rotated !== null && !isRefused) await this.#deps.rotator.tend(this.#rotated);
    const due = this.#nextLoginAt();
    const isDue = due !== null && due <= this.#now();
    if (isDue || (isRefused && !this.#record.notes.isRetried && (await this.mayTryAgain()))) {
      await this.#logInOnce({ stale: null, byHand: false });
    }
  }

  /** When to tend next, epoch ms; null: nothing is to come. */
  tendAt(): number | null {
    const configured = this.#deps.find();
    if (configured === null) return null;
    const end = this.#knownEnd(configured);
    const warning = dueWarning(end?.expiresAt ?? null, this.#warnedDays(end?.expiresAt), this.#now());
    const warnAt = warning.dueDays === null ? warning.nextAt : this.#now();
    // Nothing is rotated with a key that was refused: an alarm for it would come again at once.
    const isRefused = this.#record.notes.refusals !== null;
    const rotateAt = this.#rotated === null || isRefused ? null : this.#deps.rotator.nextAt(this.#rotated);
    const times = [warnAt, rotateAt, this.#nextLoginAt()].filter((at) => at !== null);
    return times.length === 0 ? null : Math.min(...times);
  }

  /** The end that was warned of and has not been put off since; null: none. */
  warnedEnd(): KnownEnd | null {
    const configured = this.#deps.find();
    const end = configured === null ? null : this.#knownEnd(configured);
    return end !== null && this.#warnedDays(end.expiresAt) !== null ? end : null;
  }

  /** What a rotation last failed of; null: nothing. */
  rotationTrouble(): RotationTrouble | null {
    return this.#deps.rotator.trouble();
  }

  async view(): Promise<TokenView | null> {
    await this.#load();
    const configured = this.#deps.find();
    if (configured === null) return null;
    const strategy = strategyOf(configured);
    const { token } = this.#record;
    return {
      strategy,
      expiresAt: this.#issuedKey()?.expiresAt ?? (isEndless(token) ? null : token.expiresAt),
      refreshExpiresAt: token?.refreshExpiresAt ?? null,
      isPersisted: this.#record.isPersisted && (strategy !== 'static_key' || this.#issuedKey() !== null),
    };
  }

  async #load(): Promise<void> {
    await this.#record.load();
    await this.#deps.rotator.load();
    const configured = this.#deps.find();
    const rotation = configured?.target.adapter.session.rotation;
    if (configured === null || rotation === undefined) return;
    const { credential } = configured.settings;
    const fingerprint = await this.#record.fingerprint(credential);
    if (this.#rotated?.fingerprint === fingerprint) return;
    // A static key's login asks nobody: it gives the key in the form it is sent, and its end.
    const erp = connectWithoutToken(configured, this.#deps.clock);
    const known = await configured.target.adapter.session.login(erp, credential, this.#now());
    const key = known.kind === 'logged_in' ? known.token : '';
    const expiresAt = known.kind === 'logged_in' && known.expiresAt < neverExpiresAt ? known.expiresAt : null;
    this.#rotated = { configured, rotation, fingerprint, key: { key, expiresAt } };
  }

  #issuedKey() {
    return this.#rotated === null ? null : this.#deps.rotator.key(this.#rotated.fingerprint);
  }

  #logInOnce(login: { readonly stale: string | null; readonly byHand: boolean }): Promise<TokenAnswer> {
    const configured = this.#deps.find();
    if (configured === null) {
      return Promise.resolve({ kind: 'refused', message: `there is no target ${this.#deps.targetId}` });
    }
    this.#running ??= this.#login.logIn({ configured, ...login }).finally(() => {
      this.#running = null;
    });
    return this.#running;
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
    if (refusals !== null && !isRetried) return atLeast(loginRetryAt(refusals), this.#login.notBeforeAt);
    if (token === null) return null;
    const renew = this.#usedAt >= token.obtainedAt ? renewAt(token) : null;
    return atLeast(
      renew ?? (token.refreshToken === null ? null : renewIdleAt(token)),
      this.#login.notBeforeAt,
    );
  }

  /** What ends by itself and needs a person: a static key with an end, a refresh token with a hard one. */
  #knownEnd(configured: ConfiguredTarget): KnownEnd | null {
    if (strategyOf(configured) === 'static_key') {
      const issued = this.#issuedKey();
      const ofCredential = Date.parse(configured.settings.credential.expiresAt ?? '');
      const expiresAt = issued === null ? ofCredential : (issued.expiresAt ?? Number.NaN);
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

function atLeast(at: number | null, bound: number): number | null {
  return at === null ? null : Math.max(at, bound);
}

function isEndless(token: KeptToken | null): token is null {
  return token === null || token.expiresAt >= neverExpiresAt;
}
