// Traffic on the overview: how targets stand, what each source sent, and what is left to do. Counts and times are of the newest
// deliveries, and say so.

import type { ComponentChildren } from 'preact';
import { durationOf, percentile } from '../format.ts';
import { Badge, Show, Table, Time } from '../parts/parts.tsx';
import { linkTo } from '../route.ts';
import { can } from '../session.ts';
import { useLoad } from '../use-load.ts';
import type { Delivery, DeliveryPage, Partition } from '../wire.ts';
import type { Source, Target } from '../wire-relay.ts';

/** The most a page of the API holds. */
export const sample = 200;

export function Part({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function latencyOf(deliveries: readonly Delivery[]): string {
  const done = deliveries.filter(({ status }) => status === 'succeeded');
  const took = done
    .map(({ receivedAt, updatedAt }) => Date.parse(updatedAt) - Date.parse(receivedAt))
    .sort((a, b) => a - b);
  const [half, most] = [percentile(took, 0.5), percentile(took, 0.95)];
  return half === null || most === null ? '–' : `${durationOf(half)} / ${durationOf(most)}`;
}

function Counts({ deliveries }: { readonly deliveries: readonly Delivery[] }) {
  const of = (...statuses: readonly string[]) =>
    deliveries.filter(({ status }) => statuses.includes(status)).length;
  return (
    <>
      {deliveries.length} in, {of('succeeded')} delivered, {of('held')} held, {of('dead_lettered')} dead
    </>
  );
}

type TargetsProps = { readonly targets: readonly Target[]; readonly newest: DeliveryPage | null };

export function Targets({ targets, newest }: TargetsProps) {
  const rows = targets.map((target) => {
    const own = newest?.deliveries.filter((delivery) => delivery.target === target.id) ?? [];
    const state =
      target.pause !== null && target.pause !== undefined
        ? 'paused'
        : (target.circuit?.state ?? target.status ?? 'unavailable');
    return {
      key: target.id,
      cells: [
        <a key="i" href={linkTo('targets')}>
          {target.id}
        </a>,
        <Badge key="s" word={state} />,
        target.inFlight === undefined ? '' : String(target.inFlight),
        <Counts key="c" deliveries={own} />,
        latencyOf(own),
      ],
    };
  });
  return (
    <Table
      caption="Targets"
      head={['Target', 'Circuit', 'In flight', `Of the newest ${sample}`, 'Half / 95 % within']}
      rows={rows}
    />
  );
}

export function Sources({ newest }: { readonly newest: DeliveryPage | null }) {
  const sources = useLoad<{ readonly sources: readonly Source[] }>('/admin/sources', { isLive: false });
  return (
    <Part title="Sources">
      <Show loaded={sources}>
        {({ sources: all }) => (
          <Table
            caption="Sources"
            head={['Source', 'Last event', `Of the newest ${sample}`]}
            rows={all.map(({ id }) => ({
              key: id,
              cells: [
                <a key="i" href={linkTo('sources', id)}>
                  {id}
                </a>,
                <LastEvent key="l" source={id} />,
                <Counts
                  key="c"
                  deliveries={newest?.deliveries.filter(({ event }) => event.source === id) ?? []}
                />,
              ],
            }))}
          />
        )}
      </Show>
    </Part>
  );
}

/** Silence is a symptom, so it is asked of each source by itself: the newest of all may hold none of it. */
function LastEvent({ source }: { readonly source: string }) {
  const path = `/admin/deliveries?source=${encodeURIComponent(source)}&limit=1`;
  const { value } = useLoad<DeliveryPage>(can('deliveries:read') ? path : null, { isLive: false });
  if (value === null) return null;
  const last = value.deliveries[0];
  return last === undefined ? <>never</> : <Time at={last.receivedAt} />;
}

export function Partitions() {
  const loaded = useLoad<{ readonly partitions: readonly Partition[] }>('/admin/partitions');
  return (
    <Part title="Backlog">
      <Show loaded={loaded}>{({ partitions }) => <Backlog partitions={partitions} />}</Show>
    </Part>
  );
}

function Backlog({ partitions }: { readonly partitions: readonly Partition[] }) {
  const sum = (pick: (partition: Partition) => number | undefined) =>
    partitions.reduce((all, each) => all + (pick(each) ?? 0), 0);
  const oldest = partitions
    .flatMap(({ oldestReadyAt }) => (typeof oldestReadyAt === 'string' ? [oldestReadyAt] : []))
    .sort()[0];
  const away = partitions.filter(({ status }) => status !== 'ok');
  const numbers = [
    ['Open', sum(({ open }) => open)],
    ['Ready', sum(({ ready }) => ready)],
    ['Under way', sum(({ leased, running }) => (leased ?? 0) + (running ?? 0))],
    ['Held', sum(({ held }) => held)],
    ['Dead letters', sum(({ deadLettered }) => deadLettered)],
    ['Not yet in the journal', sum(({ unjournaled }) => unjournaled)],
  ] as const;
  return (
    <>
      {away.length === 0 ? null : (
        <p class="notice bad" role="alert">
          {away.length} of {partitions.length} partitions do not answer.
        </p>
      )}
      <dl class="numbers">
        {numbers.map(([name, count]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{count}</dd>
          </div>
        ))}
        <div>
          <dt>Oldest ready</dt>
          <dd>{oldest === undefined ? 'none' : <Time at={oldest} />}</dd>
        </div>
      </dl>
    </>
  );
}
