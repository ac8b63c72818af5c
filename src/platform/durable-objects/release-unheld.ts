// What is held behind a finding whose hold is gone: a release that broke off half way goes on here, at the watchdog's knock.

import { limits } from '../../core/limits.ts';
import type { HeldOperation } from '../../core/sequencer/release.ts';
import type { OperationHolds, Sequencer, Telemetry } from '../../pipeline/ports.ts';

export async function releaseUnheld(
  deps: {
    readonly holds: OperationHolds;
    readonly sequencer: Pick<Sequencer, 'releaseMany'>;
    readonly telemetry: Telemetry;
  },
  held: readonly HeldOperation[],
): Promise<void> {
  for (const { target, operation } of held) {
    try {
      const holds = await deps.holds.list(target);
      if (holds.some((hold) => hold.operation === operation)) continue;
    } catch (error) {
      deps.telemetry.log('error', 'target.holds_unknown', { target, error: String(error) });
      continue;
    }
    const note = 'the hold of the operation is gone';
    const limit = limits.maxBulkReleases;
    const cause = 'contract_broken' as const;
    await deps.sequencer.releaseMany({ target, operation, cause, actor: 'relay', note, limit });
  }
}
