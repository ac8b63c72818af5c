// The scheduled side of ERPs whose webhooks end by themselves: asks each for what its source wants, over the target's own
// connection, and tells a person where that fails. Keeps nothing: the ERP says what it has. Never rejects.

import type { Condition } from '../core/alerts/alert.ts';
import { limits } from '../core/limits.ts';
import type { RelayDefinition, SourceDefinition } from '../core/relay-definition.ts';
import type { SubscribeStep, SubscriptionCounts } from '../core/subscriptions.ts';
import { describe } from './classify-failure.ts';
import type { AcceptDependencies } from './index.ts';
import type { Alerts, Clock, ErpConnections, Telemetry } from './ports.ts';

export type RenewDependencies = {
  readonly definition: Pick<RelayDefinition, 'sources'>;
  readonly findSource: AcceptDependencies['findSource'];
  readonly connections: ErpConnections;
  readonly alerts: Pick<Alerts, 'report'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly telemetry: Telemetry;
};

type Renewed =
  | ({ readonly kind: 'renewed' } & SubscriptionCounts)
  | { readonly kind: 'failed'; readonly message: string };

export async function renewSubscriptions(deps: RenewDependencies): Promise<void> {
  for (const source of deps.definition.sources.values()) {
    if (source.subscribe === undefined) continue;
    const renewed = await renewOne(deps, source, source.subscribe);
    try {
      await tell(deps, source.id, { step: source.subscribe, renewed });
    } catch (error) {
      const reporter = reporterOf(source.id);
      deps.telemetry.log('error', 'alert.not_reported', { reporter, error: String(error) });
    }
  }
}

const reporterOf = (source: string): string => `subscriptions/${source}`;

async function renewOne(
  deps: RenewDependencies,
  { id }: SourceDefinition,
  { target, resources }: SubscribeStep,
): Promise<Renewed> {
  try {
    const runtime = await deps.findSource(id);
    const notificationUrl = runtime?.publicUrl ?? null;
    const { renewSubscriptions: renew } = target.adapter;
    if (runtime === null || notificationUrl === null || renew === undefined)
      return { kind: 'failed', message: 'the source has no URL, or its ERP cannot be asked' };
    const now = deps.clock.now();
    const { timeoutMs } = target;
    // A login, one look, and a call for each.
    const deadlineAt = now + (resources.length + 3) * timeoutMs;
    const beforeFirstWrite = async () => 'go' as const;
    const { erp } = deps.connections.open({ target, timeoutMs, deadlineAt, beforeFirstWrite });
    const clientState = runtime.secrets.current;
    const renewBeforeMs = limits.subscriptionRenewBeforeMs;
    const answer = await renew(erp, { notificationUrl, clientState, resources, now, renewBeforeMs });
    return answer.kind === 'renewed' ? answer : { kind: 'failed', message: describe(answer) };
  } catch (error) {
    return { kind: 'failed', message: String(error) };
  }
}

async function tell(
  { telemetry, alerts, clock }: RenewDependencies,
  source: string,
  { step, renewed }: { readonly step: SubscribeStep; readonly renewed: Renewed },
): Promise<void> {
  const { target, resources } = step;
  if (renewed.kind === 'renewed') {
    const { createdCount, renewedCount, keptCount } = renewed;
    const counts = { createdCount, renewedCount, keptCount };
    if (createdCount + renewedCount > 0)
      telemetry.log('info', 'subscription.renewed', { source, target: target.id, ...counts });
    await alerts.report({ reporter: reporterOf(source), conditions: [] });
    return;
  }
  const { message } = renewed;
  telemetry.log('error', 'subscription.not_renewed', { source, target: target.id, message });
  const condition: Condition = {
    ...{ rule: 'subscription_lost', cause: source, count: resources.length, since: clock.now() },
    summary: `The webhooks of ${source} could not be renewed at ${target.id}: ${message}`.slice(0, 500),
    details: { source, first: resources[0] ?? null },
  };
  await alerts.report({ reporter: reporterOf(source), conditions: [condition] });
}
