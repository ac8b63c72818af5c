// TargetObject: one target's gate and token as a Durable Object. Decides nothing itself: core/target-gate.ts admits,
// core/token-life.ts says when. It adds storage, the alarm, the knocks at sequencers, and the log lines.
// An alarm's first line sets the next alarm: whatever happens in it, another one comes.

import { DurableObject } from 'cloudflare:workers';
import { parseVariables } from '../../config.ts';
import type { CostReading } from '../../core/costs.ts';
import { type Differing, differs } from '../../core/precondition.ts';
import { gateSettingsOf } from '../../core/target.ts';
import { targetConditions } from '../../core/target-conditions.ts';
import {
  type ControlStep,
  holdUnauthorized,
  pauseTarget,
  releaseAuthorized,
  resumeTarget,
  setCircuit,
} from '../../core/target-control.ts';
import { admit, isWorthKeeping } from '../../core/target-gate.ts';
import {
  type Admission,
  type AdmitRequest,
  openGate,
  type TargetGateState,
} from '../../core/target-gate-state.ts';
import type { TargetSignal } from '../../core/target-signals.ts';
import {
  type AuthorizeAnswer,
  type TargetAct,
  type TargetView,
  toTargetView,
} from '../../core/target-view.ts';
import { versionOfTarget } from '../../core/versions.ts';
import type { OperationHold } from '../../pipeline/ports.ts';
import { systemClock } from '../clock.ts';
import { costMeter } from '../costs/cost-meter.ts';
import { countRequests, countStorage } from '../costs/count-object.ts';
import { allSequencerNames } from '../doorbell.ts';
import type { TokenAnswer } from '../fetch/target-tokens.ts';
import { createTelemetry } from '../telemetry.ts';
import { createTokenVault } from '../token-vault.ts';
import { createKeptValues, type KeptValues } from './kept-values.ts';
import { KeyRotator } from './key-rotator.ts';
import { createKnocks, type Knocks } from './knocks.ts';
import { logTargetSignals } from './log-target-signals.ts';
import type { ConfiguredTarget } from './login-connection.ts';
import { createObjectAlerts } from './object-alerts.ts';
import { createOperationHoldStorage } from './operation-hold-storage.ts';
import { TargetAlerts } from './target-alerts.ts';
import { TokenKeeper } from './token-keeper.ts';
import { TokenRecord } from './token-record.ts';

export type { ConfiguredTarget } from './login-connection.ts';

/** Absent only from an object of an earlier version. */
export type TargetAdmission = Admission & { readonly heldOperations?: readonly string[] };

export abstract class TargetObjectBase extends DurableObject<Env> {
  readonly #telemetry = createTelemetry();
  readonly #storage = countStorage(this.ctx.storage, costMeter);
  readonly #holds = createOperationHoldStorage(this.#storage);
  readonly #id: string;
  readonly #kept: KeptValues;
  readonly #tokens: TokenKeeper;
  readonly #knocks: Knocks;
  readonly #alerts: TargetAlerts;
  /** All sequencers, those of earlier generations too. */
  readonly #sequencers: readonly string[];
  #gate: TargetGateState;
  /** When a login last succeeded, epoch ms: what was refused before it says nothing of it. */
  #authorizedAt = 0;
  /** When the alarm is set for; undefined: not known yet. */
  #alarmAt: number | null | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#id = ctx.id.name ?? '';
    const variables = parseVariables({ ...env });
    if (!variables.ok)
      throw new Error(variables.error.map(({ field, rule }) => `${field} ${rule}`).join('; '));
    const { partitions, previousPartitions, tokenKey } = variables.value;
    this.#sequencers = allSequencerNames([...previousPartitions, partitions]);
    this.#kept = createKeptValues(this.#storage);
    const gate = this.#kept.get('gate');
    this.#gate = gate === null ? openGate : { ...openGate, ...(JSON.parse(gate) as TargetGateState) };
    const base = { kept: this.#kept, telemetry: this.#telemetry };
    this.#knocks = createKnocks({ ...base, target: this.#id, namespace: env.SEQUENCER });
    this.#alerts = new TargetAlerts(this.#id, {
      ...base,
      alerts: createObjectAlerts(env.ALERTS),
      conditions: () =>
        targetConditions(this.#id, this.#gate, {
          end: this.#tokens.warnedEnd(),
          rotation: this.#tokens.rotationTrouble(),
        }),
    });
    const vault = tokenKey === null ? null : createTokenVault(tokenKey);
    const record = new TokenRecord(this.#id, this.#kept, vault);
    this.#tokens = new TokenKeeper({
      targetId: this.#id,
      find: () => this.findTarget(this.#id),
      record,
      rotator: new KeyRotator({
        ...{ targetId: this.#id, kept: this.#kept, vault, clock: systemClock },
        emit: (signal) => this.#emit([signal]),
        switched: () => record.end(Date.now()),
      }),
      clock: systemClock,
      telemetry: this.#telemetry,
      loggedIn: () => this.#releaseAuthorized(),
      refused: (message, retryAt) => this.#holdUnauthorized(message, retryAt),
      expiring: (what, expiresAt) =>
        this.#emit([{ kind: 'credential.expiring', target: this.#id, at: Date.now(), what, expiresAt }]),
    });
  }

  /** Null: this version of the relay has no such target. */
  protected abstract findTarget(id: string): ConfiguredTarget | null;

  /**
   * Looks what its credential is, to a few seconds, and with `fresh` now; until that is known there is no target. Never rejects.
   */
  protected abstract prepare(id: string, options?: { readonly fresh: boolean }): Promise<void>;

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
  async token(_targetId: string, stale: string | null): Promise<TokenAnswer> {
    await this.prepare(this.#id);
    const answer = await this.#tokens.get(stale);
    await this.#schedule();
    return answer;
  }

  async admit(request: AdmitRequest): Promise<TargetAdmission> {
    await this.prepare(this.#id);
    const configured = this.findTarget(this.#id);
    if (configured === null) throw new Error(`there is no target ${this.#id}`);
    await this.#noteCredential(request);
    const now = Date.now();
    const before = this.#gate;
    const settings = gateSettingsOf(configured.target);
    const { state, admission, signals } = admit(before, request, { settings, now });
    this.#setGate(state, isWorthKeeping(before, state, settings.limits));
    this.#emit(signals);
    if (signals.some(({ kind }) => kind === 'circuit.closed')) this.#knockWaiting();
    await this.#schedule();
    const held = await this.#holds.holds();
    return { ...admission, heldOperations: held.map(({ operation }) => operation) };
  }

  /** What its isolate has counted. */
  async costs(): Promise<CostReading> {
    return costMeter.read();
  }

  async view(): Promise<TargetView> {
    return toTargetView(this.#gate, await this.#tokens.view(), Date.now());
  }

  pause(act: TargetAct): Promise<TargetView | Differing> {
    return this.#control(act, (gate, now) => pauseTarget(gate, { ...now, ...act }));
  }

  resume(act: TargetAct): Promise<TargetView | Differing> {
    return this.#control(act, (gate, now) => resumeTarget(gate, { ...now, ...act }));
  }

  setCircuit(wanted: 'open' | 'closed', act: TargetAct): Promise<TargetView | Differing> {
    return this.#control(act, (gate, now) => setCircuit(gate, wanted, { ...now, ...act }));
  }

  async authorize(): Promise<AuthorizeAnswer> {
    await this.prepare(this.#id, { fresh: true });
    if (this.#gate.unauthorized === null) return { kind: 'authorized', already: true };
    const answer = await this.#tokens.logInByHand();
    await this.#schedule();
    return answer.kind === 'token' ? { kind: 'authorized', already: false } : answer;
  }

  /** The watchdog's knock: what is due is done, and the alarm is set where it should be. */
  async wake(): Promise<void> {
    this.#alarmAt = undefined;
    await this.#tend();
  }

  override async alarm(): Promise<void> {
    this.#alarmAt = Date.now() + watchdogMs;
    await this.#storage.setAlarm(this.#alarmAt);
    await this.#tend();
  }

  async #tend(): Promise<void> {
    try {
      await this.prepare(this.#id);
      await this.#tokens.tend();
      await this.#knocks.run();
      await this.#alerts.flush();
      await this.#schedule();
    } catch (error) {
      this.#telemetry.log('error', 'target.tend_failed', { target: this.#id, error: String(error) });
    }
  }

  /** What attempts say of the credential. One refusal holds the target, however many of them tell of it. */
  async #noteCredential({ reports, sequencer }: AdmitRequest): Promise<void> {
    const refused = reports.filter(({ health }) => health === 'unauthorized');
    const fresh = refused.find(({ at }) => at > this.#authorizedAt + refusalGraceMs);
    if (this.#gate.unauthorized === null && refused.length > 0) {
      // Of a call that had left before the login: its delivery is held, and everybody else has been let go already.
      if (fresh === undefined) this.#knocks.owe([sequencer], true);
      else await this.#tokens.noteRefusedToken(fresh.message);
    } else if (reports.some(({ health, at }) => health === 'healthy' && at > this.#authorizedAt)) {
      this.#tokens.noteAccepted();
    }
    // Not waited for: whoever asks is told to come again, and is knocked at when the login has succeeded.
    if (this.#gate.unauthorized !== null && (await this.#tokens.mayTryAgain())) void this.#tokens.get(null);
  }

  /** Nothing is waited for between the look and the change. */
  async #control(
    { when }: TargetAct,
    step: (gate: TargetGateState, at: { target: string; now: number }) => ControlStep,
  ): Promise<TargetView | Differing> {
    const now = Date.now();
    const differing = differs(when, versionOfTarget(toTargetView(this.#gate, null, now)));
    if (differing !== null) return differing;
    this.#apply(step(this.#gate, { target: this.#id, now }));
    await this.#schedule();
    return this.view();
  }

  #apply({ state, signals, knock }: ControlStep): void {
    this.#setGate(state, true);
    this.#emit(signals);
    if (knock) this.#knockWaiting();
  }

  #holdUnauthorized(message: string, retryAt: number | null): void {
    this.#apply(holdUnauthorized(this.#gate, { target: this.#id, now: Date.now(), message, retryAt }));
  }

  #releaseAuthorized(): void {
    this.#authorizedAt = Date.now();
    if (this.#gate.unauthorized === null) return;
    const { state, signals } = releaseAuthorized(this.#gate, { target: this.#id, now: Date.now() });
    this.#setGate({ ...state, waiting: [] }, true);
    this.#emit(signals);
    // Held deliveries can be with every sequencer, also one that has not asked since.
    this.#knocks.owe(this.#sequencers, true);
    void this.#knocks.run();
  }

  #knockWaiting(): void {
    const { waiting } = this.#gate;
    if (waiting.length === 0) return;
    this.#knocks.owe(waiting, false);
    this.#setGate({ ...this.#gate, waiting: [] }, true);
    void this.#knocks.run();
  }

  #setGate(state: TargetGateState, isKept: boolean): void {
    this.#gate = state;
    if (isKept) this.#kept.put('gate', JSON.stringify(state));
  }

  #emit(signals: readonly TargetSignal[]): void {
    logTargetSignals(this.#telemetry, signals);
  }

  async #schedule(): Promise<void> {
    const now = Date.now();
    const times = [
      this.#tokens.tendAt(),
      this.#knocks.isOwed() ? now + knockRetryMs : null,
      this.#alerts.isDue() ? now + this.#alerts.waitMs() : null,
    ];
    const due = times.filter((at) => at !== null);
    const wanted = due.length === 0 ? null : Math.max(now, Math.min(...due));
    if (wanted === this.#alarmAt || (wanted === null && this.#alarmAt === undefined)) return;
    // Owed knocks are under way already: their alarm is for a crash, and is not moved on by every call.
    const isSoonEnough =
      typeof this.#alarmAt === 'number' && this.#alarmAt > now && wanted !== null && this.#alarmAt <= wanted;
    if (isSoonEnough) return;
    this.#alarmAt = wanted;
    if (wanted === null) await this.#storage.deleteAlarm();
    else await this.#storage.setAlarm(wanted);
  }
}

countRequests(TargetObjectBase.prototype, costMeter);

/** Next alarm while one is running, ms: longer than its bounded work. */
const watchdogMs = 60_000;

/** Knocks that were not done after so long are done by the alarm, ms. */
const knockRetryMs = 5_000;

/** A refusal so soon after a login is taken for one of a call that had left before it, ms: clocks differ. */
const refusalGraceMs = 1_000;
