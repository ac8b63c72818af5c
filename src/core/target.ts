// A target: one ERP that operations run on. Pure types; the values come from the configuration at start.

import type { ErpAdapter } from './erp.ts';

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
};
