// Counts what was asked of the sandbox ERP: calls by route and status, refusals by code, logins.
// Lives in memory and is stored with every call that is no read, so that a read costs no write; a kill may lose the last reads.

export type CallCountsNote = {
  readonly callCount: number;
  readonly calls: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly errors: Readonly<Record<string, number>>;
  readonly loginCount: number;
  readonly failedLoginCount: number;
};

export class CallCounts {
  #callCount = 0;
  readonly #calls: Record<string, Record<string, number>> = {};
  readonly #errors: Record<string, number> = {};
  #loginCount = 0;
  #failedLoginCount = 0;

  constructor(stored: CallCountsNote | null) {
    if (stored === null) return;
    this.#callCount = stored.callCount;
    for (const [route, statuses] of Object.entries(stored.calls)) this.#calls[route] = { ...statuses };
    Object.assign(this.#errors, stored.errors);
    this.#loginCount = stored.loginCount;
    this.#failedLoginCount = stored.failedLoginCount;
  }

  /** The number of a call that arrives, from 1. */
  nextCall(): number {
    this.#callCount += 1;
    return this.#callCount;
  }

  /** `code` is the refusal's; null where it was none. */
  count(route: string, answered: { status: number; code: string | null }): void {
    const statuses = this.#calls[route] ?? {};
    this.#calls[route] = statuses;
    statuses[answered.status] = (statuses[answered.status] ?? 0) + 1;
    if (answered.code !== null) this.#errors[answered.code] = (this.#errors[answered.code] ?? 0) + 1;
  }

  countLogin(succeeded: boolean): void {
    if (succeeded) this.#loginCount += 1;
    else this.#failedLoginCount += 1;
  }

  toNote(): CallCountsNote {
    return {
      ...{ callCount: this.#callCount, calls: this.#calls, errors: this.#errors },
      ...{ loginCount: this.#loginCount, failedLoginCount: this.#failedLoginCount },
    };
  }
}
