// Tells the book of alerts what a target has to complain about, whenever that changed. What was told is kept, so that an end is
// told after an eviction too; a report that failed is made again by the alarm. Nothing waits for it.

import type { Condition } from '../../core/alerts/alert.ts';
import { limits } from '../../core/limits.ts';
import type { Alerts, Telemetry } from '../../pipeline/ports.ts';
import type { KeptValues } from './kept-values.ts';

export type TargetAlertsDependencies = {
  readonly kept: KeptValues;
  readonly alerts: Pick<Alerts, 'report'>;
  readonly telemetry: Telemetry;
  readonly conditions: () => readonly Condition[];
};

export class TargetAlerts {
  readonly #reporter: string;
  readonly #deps: TargetAlertsDependencies;
  #running: Promise<void> | null = null;
  #failureCount = 0;

  constructor(target: string, deps: TargetAlertsDependencies) {
    this.#reporter = `target/${target}`;
    this.#deps = deps;
  }

  isDue(): boolean {
    return JSON.stringify(this.#deps.conditions()) !== this.#told();
  }

  /** How long to wait before the next report, ms. */
  waitMs(): number {
    if (this.#failureCount === 0) return 0;
    return Math.min(limits.alertReportRetryCapMs, limits.alertReportDelayMs * 2 ** this.#failureCount);
  }

  /** Never rejects. */
  flush(): Promise<void> {
    this.#running ??= this.#report().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #report(): Promise<void> {
    try {
      while (this.isDue()) {
        const conditions = this.#deps.conditions();
        await this.#deps.alerts.report({ reporter: this.#reporter, conditions });
        this.#deps.kept.put('alerts', JSON.stringify(conditions));
      }
      this.#failureCount = 0;
    } catch (error) {
      this.#failureCount = Math.min(10, this.#failureCount + 1);
      const fields = { reporter: this.#reporter, failureCount: this.#failureCount, waitMs: this.waitMs() };
      this.#deps.telemetry.log('error', 'alert.not_reported', { ...fields, error: String(error) });
    }
  }

  #told(): string {
    return this.#deps.kept.get('alerts') ?? '[]';
  }
}
