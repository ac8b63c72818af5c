// A target: one ERP that operations run on. Pure; the values come from the integrations and the configuration at start.

import type { CircuitSettings } from './circuit-breaker.ts';
import { circuitDefaults } from './circuit-breaker.ts';
import type { ErpAdapter } from './erp.ts';
import type { GateSettings } from './target-gate-state.ts';
import { limitDefaults, type TargetLimits } from './target-limits.ts';

export type TargetDefinition = {
  readonly id: string;
  readonly adapter: ErpAdapter;
  /** Names of the Worker variables or secrets that hold the base URL (null: the adapter makes no call) and each part of the credential. */
  readonly baseUrlVariable: string | null;
  readonly credentialVariables: Readonly<Record<string, string>>;
  /** `private`: the target may be at a private address (loopback, VPC, tunnel). Default: public addresses only. */
  readonly network: 'public' | 'private';
  /** Longest time one call may take, ms. */
  readonly timeoutMs: number;
  /**
   * How long after the last byte of a write "not found" is believed, ms: the ERP's longest transaction plus the
   * longest assumed stall.
   */
  readonly quietMs: number;
  /** Names the Worker variable with the URL of the token endpoint, where that is another host; absent: the base URL. */
  readonly tokenUrlVariable?: string;
  /** An adapter of level `documented` may be used. */
  readonly experimental?: boolean;
  /** What differs from `circuitDefaults`. */
  readonly circuit?: Partial<CircuitSettings>;
  /** What differs from `limitDefaults`: no limits, always open. */
  readonly limits?: Partial<TargetLimits>;
};

/** A call that takes most of its time-out is as good as lost, and holds a place all the while. */
const slowShare = 0.8;

export function gateSettingsOf(target: TargetDefinition): GateSettings {
  return {
    target: target.id,
    circuit: { ...circuitDefaults, slowMs: Math.floor(target.timeoutMs * slowShare), ...target.circuit },
    limits: { ...limitDefaults, ...target.limits },
  };
}
