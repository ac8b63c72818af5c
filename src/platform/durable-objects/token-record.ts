// What is known of one target's token: the token itself, encrypted where it is kept, the refusals of its credential and the
// warnings given. Reads and writes only; when to log in is token-keeper.ts's business.

import type { Refusals } from '../../core/token-life.ts';
import type { TokenVault } from '../token-vault.ts';
import type { KeptValues } from './kept-values.ts';

export type KeptToken = {
  readonly token: string;
  readonly obtainedAt: number;
  readonly expiresAt: number;
  readonly refreshToken: string | null;
  readonly refreshExpiresAt: number | null;
  /** Of the credential it was obtained with. */
  readonly fingerprint: string;
};

export type LoginNotes = {
  readonly salt: string;
  readonly refusals: Refusals | null;
  /** A login has succeeded since the last refusal, and it is still to be seen whether its token is taken. */
  readonly isRetried: boolean;
  /** The last warning given, in days, and of which end. */
  readonly warned: { readonly expiresAt: number; readonly days: number } | null;
};

export class TokenRecord {
  readonly #targetId: string;
  readonly #kept: KeptValues;
  readonly #vault: TokenVault | null;
  #token: KeptToken | null = null;
  #notes: LoginNotes;
  #loaded: Promise<void> | null = null;

  constructor(targetId: string, kept: KeptValues, vault: TokenVault | null) {
    this.#targetId = targetId;
    this.#kept = kept;
    this.#vault = vault;
    const text = kept.get('login');
    const fresh = { salt: crypto.randomUUID(), refusals: null, isRetried: false, warned: null };
    this.#notes = text === null ? fresh : (JSON.parse(text) as LoginNotes);
  }

  get token(): KeptToken | null {
    return this.#token;
  }

  get notes(): LoginNotes {
    return this.#notes;
  }

  get isPersisted(): boolean {
    return this.#vault !== null;
  }

  /** What an earlier life of the object kept. */
  load(): Promise<void> {
    this.#loaded ??= this.#read();
    return this.#loaded;
  }

  async #read(): Promise<void> {
    const sealed = this.#kept.get('token');
    if (sealed === null || this.#vault === null) return;
    const text = await this.#vault.open(this.#targetId, sealed);
    if (text !== null) this.#token ??= JSON.parse(text) as KeptToken;
  }

  /** On disk when it resolves, where it is to be there: a refresh token that replaced another must not be lost. */
  async keep(token: KeptToken, options: { readonly inMemoryOnly: boolean }): Promise<void> {
    if (this.#vault !== null && !options.inMemoryOnly) {
      this.#kept.put('token', await this.#vault.seal(this.#targetId, JSON.stringify(token)));
      await this.#kept.sync();
    }
    this.#token = token;
  }

  /** It is not handed out again; what a refresh needs stays. */
  end(now: number): void {
    if (this.#token === null) return;
    this.#token = { ...this.#token, expiresAt: Math.min(this.#token.expiresAt, now) };
  }

  note(changes: Partial<LoginNotes>): void {
    this.#notes = { ...this.#notes, ...changes };
    this.#kept.put('login', JSON.stringify(this.#notes));
  }

  /** Tells credentials apart without holding one: salted, of all parts. */
  async fingerprint(credential: Readonly<Record<string, string>>): Promise<string> {
    if (this.#kept.get('login') === null) this.note({});
    const parts = Object.entries(credential).sort(([a], [b]) => (a < b ? -1 : 1));
    const text = JSON.stringify([this.#notes.salt, parts]);
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }
}
