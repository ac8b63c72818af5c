// TargetObject: the one writer of a target's session token. Single flight; a refused login is remembered for a while, so
// that no crowd of deliveries locks the account. The token stays in memory: after an eviction there is a new login.

import { DurableObject } from 'cloudflare:workers';
import type { TargetSettings } from '../../config.ts';
import { checkBaseUrl, joinPath } from '../../core/egress.ts';
import type { ErpConnection, LoginResult } from '../../core/erp.ts';
import { limits } from '../../core/limits.ts';
import type { TargetDefinition } from '../../core/target.ts';
import type { OperationHold } from '../../pipeline/ports.ts';
import { systemClock } from '../clock.ts';
import { sendRequest } from '../fetch/send-request.ts';
import type { TokenAnswer } from '../fetch/target-tokens.ts';
import { createTelemetry } from '../telemetry.ts';
import { createOperationHoldStorage } from './operation-hold-storage.ts';

export type ConfiguredTarget = { readonly target: TargetDefinition; readonly settings: TargetSettings };

export abstract class TargetObjectBase extends DurableObject<Env> {
  readonly #telemetry = createTelemetry();
  readonly #holds = createOperationHoldStorage(this.ctx.storage);
  #token: { readonly token: string; readonly expiresAt: number } | null = null;
  #refused: { readonly message: string; readonly until: number } | null = null;
  #login: Promise<TokenAnswer> | null = null;

  /** Null: this version of the relay has no such target. */
  protected abstract findTarget(id: string): ConfiguredTarget | null;

  holds(): Promise<readonly OperationHold[]> {
    return this.#holds.holds();
  }

  hold(hold: OperationHold): Promise<void> {
    return this.#holds.hold(hold);
  }

  lift(operation: string | null): Promise<void> {
    return this.#holds.lift(operation);
  }

  /** @param stale a token the ERP no longer takes; null: any good one will do */
  async token(targetId: string, stale: string | null): Promise<TokenAnswer> {
    const now = systemClock.now();
    const current = this.#token;
    if (current !== null && current.token !== stale && current.expiresAt > now + limits.tokenMarginMs) {
      return { kind: 'token', ...current };
    }
    if (this.#refused !== null && this.#refused.until > now) {
      return { kind: 'refused', message: this.#refused.message };
    }
    this.#login ??= this.#logIn(targetId).finally(() => {
      this.#login = null;
    });
    return this.#login;
  }

  async #logIn(targetId: string): Promise<TokenAnswer> {
    const configured = this.findTarget(targetId);
    if (configured === null) return { kind: 'refused', message: `there is no target ${targetId}` };
    const { target, settings } = configured;
    const now = systemClock.now();
    let result: LoginResult;
    try {
      result = await target.adapter.session.login(connectWithoutToken(configured), settings.credential, now);
    } catch (error) {
      result = { kind: 'unavailable', message: error instanceof Error ? error.message : String(error) };
    }
    if (result.kind === 'logged_in') {
      this.#token = { token: result.token, expiresAt: result.expiresAt };
      this.#refused = null;
      this.#telemetry.log('info', 'target.logged_in', { target: targetId, expiresAt: result.expiresAt });
      return { kind: 'token', ...this.#token };
    }
    this.#token = null;
    if (result.kind === 'refused')
      this.#refused = { message: result.message, until: now + limits.loginPauseMs };
    const { kind: outcome, message } = result;
    this.#telemetry.log('error', 'target.login_failed', { target: targetId, outcome, message });
    return result;
  }
}

function connectWithoutToken({ target, settings }: ConfiguredTarget): ErpConnection {
  return {
    send: async (request) => {
      const base = checkBaseUrl(settings.baseUrl ?? '', target.network);
      const url = base.ok ? joinPath(base.value, request.path, request.query) : base;
      if (!url.ok) return { kind: 'not_sent', reason: 'egress_refused', message: url.error.message };
      const { timeoutMs } = target;
      const sent = await sendRequest(request, { url: url.value, headers: {}, timeoutMs, clock: systemClock });
      return sent.answer;
    },
  };
}
