// The watchdog: knocks at sequencers and targets, so that one whose alarm was lost gets one again, and a target nobody
// delivers to still warns of a credential that ends. It brings sequencers that lease nothing the list of subscribers. An alarm is normally there first.

import type { SubscriptionSet } from '../core/subscriptions/subscription.ts';
import type { Alerts, Telemetry } from '../pipeline/ports.ts';

/** Each sequencer is knocked at once in so many runs (minutes): a lost alarm is rare, and every knock is a paid request. */
export const watchdogRounds = 5;

export async function knock(
  namespace: Env['SEQUENCER'],
  names: readonly string[],
  of: { readonly round: number; readonly subscriptions: SubscriptionSet | null },
): Promise<readonly string[]> {
  const { round, subscriptions } = of;
  const due = names.filter((_, index) => index % watchdogRounds === round % watchdogRounds);
  const failed: string[] = [];
  await Promise.all(
    due.map(async (name) => {
      try {
        await namespace.get(namespace.idFromName(name)).wake(subscriptions);
      } catch {
        failed.push(name);
      }
    }),
  );
  return failed;
}

/** Each round speaks for the sequencers it knocked at: what answered again is over. Never rejects. */
export async function reportSilent(
  deps: { readonly alerts: Alerts; readonly deliver: { readonly telemetry: Telemetry } },
  knocked: { readonly failed: readonly string[]; readonly round: number; readonly now: number },
): Promise<void> {
  const { failed, round, now } = knocked;
  const { telemetry } = deps.deliver;
  if (failed.length > 0) telemetry.log('error', 'watchdog.failed', { sequencers: failed });
  const reporter = `watchdog/${round % watchdogRounds}`;
  const condition = {
    rule: 'sequencer_silent',
    cause: 'sequencers',
    count: failed.length,
    since: now,
    summary: `Sequencers do not answer the watchdog: ${failed.slice(0, 10).join(', ')}`,
    details: { first: failed[0] ?? null },
  } as const;
  try {
    await deps.alerts.report({ reporter, conditions: failed.length === 0 ? [] : [condition] });
  } catch (error) {
    telemetry.log('error', 'alert.not_reported', { reporter, error: String(error) });
  }
}

export async function wakeTargets(env: Env, ids: readonly string[], telemetry: Telemetry): Promise<void> {
  const woken = await Promise.allSettled(ids.map((id) => env.TARGET.get(env.TARGET.idFromName(id)).wake()));
  const failed = ids.filter((_, index) => woken[index]?.status === 'rejected');
  if (failed.length > 0) telemetry.log('error', 'watchdog.failed', { targets: failed });
}
