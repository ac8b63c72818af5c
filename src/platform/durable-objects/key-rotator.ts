// Replaces a target's static key by new ones of the ERP's: asked for with the present key, on disk before it is tried, handed
// out once the ERP took it, and only then is the old one ended. A step that fails leaves the working key in use and is told.
// One writer: its owner calls one step at a time.

import type { KeyRotation, RotationCall, RotationStep } from '../../core/erp.ts';
import type { RotationTrouble } from '../../core/target-conditions.ts';
import type { TargetSignal } from '../../core/target-signals.ts';
import { keySettleMs, neverExpiresAt, rotateAt, rotationRetryMs } from '../../core/token-life.ts';
import type { Clock } from '../../pipeline/ports.ts';
import type { TokenVault } from '../token-vault.ts';
import type { KeptValues } from './kept-values.ts';
import { type ConfiguredTarget, connectWithKey } from './login-connection.ts';

export type IssuedKey = {
  readonly key: string;
  /** Since when it is used. */
  readonly obtainedAt: number;
  /** Null: nobody knows. */
  readonly expiresAt: number | null;
};

type Keys = {
  /** Of the configured credential it all began with: another one is a new start. */
  readonly fingerprint: string;
  readonly current: IssuedKey;
  /** Issued, and not proven yet. */
  readonly next: IssuedKey | null;
  /** Replaced, and not ended yet. */
  readonly previous: IssuedKey | null;
};

type StepName = Extract<TargetSignal, { kind: 'key.rotation_failed' }>['step'];

type Notes = {
  readonly fingerprint: string;
  /** When the configured key was first used. */
  readonly seenAt: number;
  readonly failure: (RotationTrouble & { readonly count: number; readonly retryAt: number }) | null;
};

export type KeyRotatorDependencies = {
  readonly targetId: string;
  readonly kept: KeptValues;
  /** Null: nothing can be kept, so nothing is rotated. */
  readonly vault: TokenVault | null;
  readonly clock: Clock;
  readonly emit: (signal: TargetSignal) => void;
  /** Another key is to be handed out from now on. */
  readonly switched: () => void;
};

export type RotatedTarget = {
  readonly configured: ConfiguredTarget;
  readonly rotation: KeyRotation;
  readonly fingerprint: string;
  /** As configured, in the form it is sent. */
  readonly key: Pick<IssuedKey, 'key' | 'expiresAt'>;
};

export class KeyRotator {
  readonly #deps: KeyRotatorDependencies;
  #keys: Keys | null = null;
  #notes: Notes | null = null;
  #loaded: Promise<void> | null = null;

  constructor(deps: KeyRotatorDependencies) {
    this.#deps = deps;
  }

  load(): Promise<void> {
    this.#loaded ??= this.#read();
    return this.#loaded;
  }

  async #read(): Promise<void> {
    const { kept, vault, targetId } = this.#deps;
    const notes = kept.get('rotation');
    this.#notes = notes === null ? null : (JSON.parse(notes) as Notes);
    const sealed = kept.get('keys');
    const text = sealed === null || vault === null ? null : await vault.open(targetId, sealed);
    this.#keys = text === null ? null : (JSON.parse(text) as Keys);
  }

  /** The key in use in place of the configured one; null: none was issued for that. */
  key(fingerprint: string): IssuedKey | null {
    return this.#keysOf(fingerprint)?.current ?? null;
  }

  /** The ERP refuses the key in use: the one before, where it was not ended yet. */
  async fallBack(fingerprint: string, refused: string): Promise<IssuedKey | null> {
    const keys = this.#keysOf(fingerprint);
    if (keys === null || keys.previous === null || keys.current.key !== refused) return null;
    await this.#keep({ ...keys, current: keys.previous, previous: null, next: null });
    this.#fail('use', {
      kind: 'refused',
      message: 'the ERP refused the new key; the one before is used again',
    });
    return keys.previous;
  }

  /** The configured key is in use. */
  noteUsed(fingerprint: string): void {
    if (this.#notes?.fingerprint === fingerprint) return;
    this.#note({ fingerprint, seenAt: this.#now(), failure: null });
  }

  trouble(): RotationTrouble | null {
    const failure = this.#notes?.failure ?? null;
    return failure === null ? null : { since: failure.since, step: failure.step, message: failure.message };
  }

  /** When the next step is due, epoch ms; null: none before the key is used. */
  nextAt({ rotation, fingerprint, key }: Omit<RotatedTarget, 'configured'>): number | null {
    const seenAt = this.#seenAt(fingerprint);
    if (seenAt === null || this.#deps.vault === null) return null;
    const keys = this.#keysOf(fingerprint);
    const rotate = rotateAt(
      keys?.current ?? { obtainedAt: seenAt, expiresAt: key.expiresAt },
      rotation.everyMs,
    );
    const settled = keys === null ? 0 : keys.current.obtainedAt + keySettleMs(rotation.everyMs);
    const due = keys?.next ? 0 : keys?.previous ? Math.min(rotate, settled) : rotate;
    return Math.max(due, this.#notes?.failure?.retryAt ?? 0);
  }

  /** Does what is due. */
  async tend(target: RotatedTarget): Promise<void> {
    const dueAt = this.nextAt(target);
    if (dueAt === null || dueAt > this.#now()) return;
    const keys = this.#keysOf(target.fingerprint);
    if (keys?.next) return this.#prove(target, keys, keys.next);
    const settleMs = keySettleMs(target.rotation.everyMs);
    if (keys?.previous && this.#now() >= keys.current.obtainedAt + settleMs)
      return this.#revoke(target, keys, keys.previous);
    return this.#rotate(target, keys);
  }

  async #rotate(target: RotatedTarget, before: Keys | null): Promise<void> {
    const { fingerprint, rotation, key } = target;
    const seenAt = this.#seenAt(fingerprint) ?? this.#now();
    const current = before?.current ?? { ...key, obtainedAt: seenAt };
    const issued = await safely(() => rotation.rotate(this.#call(target, current.key)));
    if (issued.kind !== 'rotated') return this.#fail('rotate', issued);
    if (issued.key === current.key) {
      return this.#fail('rotate', { kind: 'refused', message: 'the ERP issued the same key again' });
    }
    const expiresAt = issued.expiresAt >= neverExpiresAt ? null : issued.expiresAt;
    const next: IssuedKey = { key: issued.key, obtainedAt: this.#now(), expiresAt };
    const keys: Keys = { fingerprint, current, next, previous: before?.previous ?? null };
    // From here on it cannot be lost.
    await this.#keep(keys);
    await this.#prove(target, keys, next);
  }

  async #prove(target: RotatedTarget, keys: Keys, next: IssuedKey): Promise<void> {
    const step = await safely(() => target.rotation.prove(this.#call(target, next.key)));
    if (step.kind === 'refused') await this.#keep({ ...keys, next: null });
    if (step.kind !== 'done') return this.#fail('prove', step);
    const current = { ...next, obtainedAt: this.#now() };
    await this.#keep({ ...keys, current, next: null, previous: keys.current });
    this.#clearFailure();
    this.#deps.switched();
    const { targetId, emit } = this.#deps;
    emit({ kind: 'key.rotated', target: targetId, at: this.#now(), expiresAt: next.expiresAt });
  }

  async #revoke(target: RotatedTarget, keys: Keys, previous: IssuedKey): Promise<void> {
    const call = { ...this.#call(target, keys.current.key), old: previous.key };
    const step = await safely(() => target.rotation.revoke(call));
    if (step.kind !== 'done') return this.#fail('revoke', step);
    await this.#keep({ ...keys, previous: null });
    this.#clearFailure();
    this.#deps.emit({ kind: 'key.revoked', target: this.#deps.targetId, at: this.#now() });
  }

  #call({ configured }: RotatedTarget, key: string): RotationCall {
    const { clock } = this.#deps;
    const { credential } = configured.settings;
    return { erp: connectWithKey(configured, clock, key), credential, key, now: clock.now() };
  }

  /** Tried again later; what works goes on working. */
  #fail(step: StepName, { kind, message }: Exclude<RotationStep, { kind: 'done' }>): void {
    const { targetId, emit } = this.#deps;
    const now = this.#now();
    const before = this.#notes?.failure ?? null;
    const count = (before?.count ?? 0) + 1;
    const retryAt = now + rotationRetryMs(count, kind === 'refused');
    if (this.#notes !== null) {
      const failure = { since: before?.since ?? now, step, message, count, retryAt };
      this.#note({ ...this.#notes, failure });
    }
    emit({ kind: 'key.rotation_failed', target: targetId, at: now, step, message, retryAt });
  }

  #clearFailure(): void {
    if (this.#notes !== null && this.#notes.failure !== null) this.#note({ ...this.#notes, failure: null });
  }

  #note(notes: Notes): void {
    this.#notes = notes;
    this.#deps.kept.put('rotation', JSON.stringify(notes));
  }

  /** On disk when it resolves. */
  async #keep(keys: Keys): Promise<void> {
    const { vault, kept, targetId } = this.#deps;
    if (vault === null) return;
    kept.put('keys', await vault.seal(targetId, JSON.stringify(keys)));
    await kept.sync();
    this.#keys = keys;
  }

  #keysOf(fingerprint: string): Keys | null {
    return this.#keys?.fingerprint === fingerprint ? this.#keys : null;
  }

  #seenAt(fingerprint: string): number | null {
    return this.#notes?.fingerprint === fingerprint ? this.#notes.seenAt : null;
  }

  #now(): number {
    return this.#deps.clock.now();
  }
}

/** A bug of an adapter is no reason to lose a key. */
async function safely<T>(
  run: () => Promise<T>,
): Promise<T | { readonly kind: 'unavailable'; readonly message: string }> {
  try {
    return await run();
  } catch (error) {
    return { kind: 'unavailable', message: error instanceof Error ? error.message : String(error) };
  }
}
