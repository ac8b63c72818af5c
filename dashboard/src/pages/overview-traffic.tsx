// Traffic on the overview: how targets stand and what each source sent, as the relay counts it, and what is left to do.

import type { ComponentChildren } from 'preact';
import { ageOf, durationOf } from '../format.ts';
import { Badge, Show, Table, Time } from '../parts/parts.tsx';
import { linkTo } from '../route.ts';
import { can } from '../session.ts';
import { useLoad } from '../use-load.ts';
import type { Flow, Overview, Partition } from '../wire.ts';

export function Part({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** In one cell: a column for each would not fit beside the navigation. */
function countsOf({ received, delivered, waiting, held, deadLettered }: Flow): string {
  const parts = [
    [delivered, 'delivered'],
    [waiting, 'waiting'],
    [held, 'held'],
    [deadLettered, 'dead'],
  ] as const;
  const shown = parts.filter(([count, word]) => count > 0 || word === 'delivered');
  return [`${received} in`, ...shown.map(([count, word]) => `${count} ${word}`)].join(', ');
}

const countTitle = 'In this time';

function latencyOf({ latencyMs }: Flow): string {
  if (latencyMs === null) return '–';
  return [latencyMs.p50, latencyMs.p95, latencyMs.p99].map(durationOf).join(' / ');
}

/** All that stands now, whenever it came, with the way to it. */
function Failures({ count, of }: { readonly count: number; readonly of: Readonly<Record<string, string>> }) {
  if (count === 0) return <>0</>;
  return <a href={linkTo('deliveries', null, { status: 'dead_lettered,held', ...of })}>{count}</a>;
}

type TargetsProps = { readonly targets: Overview['targets']; readonly at: string };

export function Targets({ targets, at }: TargetsProps) {
  const rows = targets.map((target) => ({
    key: target.id,
    cells: [
      can('targets:read') ? (
        <a key="i" href={linkTo('targets')}>
          {target.id}
        </a>
      ) : (
        target.id
      ),
      standingOf(target).map((word) => <Badge key={word} word={word} />),
      countsOf(target),
      <Failures key="f" count={target.openFailures} of={{ target: target.id }} />,
      latencyOf(target),
      target.oldestReadyAt === null ? 'none' : ageOf(target.oldestReadyAt, Date.parse(at)),
    ],
  }));
  return (
    <Table
      caption="Targets"
      head={['Target', 'Circuit', countTitle, 'Open failures', 'p50 / p95 / p99', 'Backlog']}
      rows={rows}
    />
  );
}

/** Undefined: the key may not see it. */
function standingOf({ circuit, paused, unauthorized }: Overview['targets'][number]): readonly string[] {
  if (circuit === undefined) return [];
  return [
    circuit ?? 'unavailable',
    ...(paused === true ? ['paused'] : []),
    ...(unauthorized === true ? ['unauthorized'] : []),
  ];
}

export function Sources({ sources }: { readonly sources: Overview['sources'] }) {
  const rows = sources.map((source) => ({
    key: source.id,
    cells: [
      can('sources:read') && source.id !== directName ? (
        <a key="i" href={linkTo('sources', source.id)}>
          {source.id}
        </a>
      ) : (
        source.id
      ),
      <LastEvent key="l" source={source} />,
      countsOf(source),
      <Failures
        key="f"
        count={source.openFailures}
        of={source.id === directName ? {} : { source: source.id }}
      />,
      latencyOf(source),
    ],
  }));
  return (
    <Table
      caption="Sources"
      head={['Source', 'Last event', countTitle, 'Open failures', 'p50 / p95 / p99']}
      rows={rows}
    />
  );
}

/** Direct requests of all callers, which are no source of webhooks. */
const directName = 'operations';

/** Silence is a symptom: a source that used to send and sent nothing in the time that is looked at says so. */
function LastEvent({
  source: { received, lastReceivedAt },
}: {
  readonly source: Overview['sources'][number];
}) {
  if (lastReceivedAt === null) return <>never</>;
  return (
    <>
      <Time at={lastReceivedAt} /> {received === 0 ? <Badge word="silent" /> : null}
    </>
  );
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
