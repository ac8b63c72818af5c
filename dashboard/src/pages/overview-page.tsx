// Is it well? One sentence, then what a person has to do, by cause; then targets, sources and partitions. Counts of what went
// through are of the newest deliveries, and say so: the relay keeps no other.

import type { ComponentChildren } from 'preact';
import { durationOf, inWords, percentile } from '../format.ts';
import { Badge, Empty, Show, Table, Time } from '../parts/parts.tsx';
import { linkTo } from '../route.ts';
import { can } from '../session.ts';
import { type Loaded, useLoad } from '../use-load.ts';
import type { Alert, Delivery, DeliveryPage, Line, Partition, Readiness, Source, Target } from '../wire.ts';

/** The most a page of the API holds. */
const sample = 200;

export function OverviewPage() {
  const readiness = useLoad<Readiness>('/readyz');
  const alerts = useLoad<{ readonly alerts: readonly Alert[] }>(
    can('alerts:read') ? '/admin/alerts?status=open&limit=50' : null,
  );
  const troubled = useLoad<DeliveryPage>(
    can('deliveries:read') ? `/admin/deliveries?status=dead_lettered,held&limit=${sample}` : null,
  );
  const newest = useLoad<DeliveryPage>(can('deliveries:read') ? `/admin/deliveries?limit=${sample}` : null);
  const targets = useLoad<{ readonly targets: readonly Target[] }>(
    can('targets:read') ? '/admin/targets' : null,
  );
  return (
    <>
      <h1>Overview</h1>
      <Verdict
        readiness={readiness}
        alerts={alerts.value?.alerts ?? []}
        troubled={troubled.value}
        targets={targets.value?.targets ?? []}
      />
      {can('alerts:read') ? (
        <Part title="Open alerts">
          <Show loaded={alerts}>{(value) => <Alerts alerts={value.alerts} />}</Show>
        </Part>
      ) : null}
      {can('deliveries:read') ? (
        <Part title="Waiting for a person">
          <Show loaded={troubled}>{(page) => <Causes page={page} />}</Show>
        </Part>
      ) : null}
      {can('deliveries:read') ? <BlockedLines /> : null}
      {can('targets:read') ? (
        <Part title="Targets">
          <Show loaded={targets}>{(value) => <Targets targets={value.targets} newest={newest.value} />}</Show>
        </Part>
      ) : null}
      {can('sources:read') ? <Sources newest={newest.value} /> : null}
      {can('relay:read') ? <Partitions /> : null}
    </>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

type VerdictProps = {
  readonly readiness: Loaded<Readiness>;
  readonly alerts: readonly Alert[];
  readonly troubled: DeliveryPage | null;
  readonly targets: readonly Target[];
};

function Verdict({ readiness, alerts, troubled, targets }: VerdictProps) {
  const bad = [
    ...(readiness.value?.checks ?? [])
      .filter(({ ok }) => !ok)
      .map(({ name, detail }) => `${name}: ${detail}`),
    ...targets
      .filter(({ circuit }) => circuit?.state === 'open')
      .map(({ id }) => `${id} takes nothing: its circuit is open`),
    ...targets
      .filter(({ unauthorized }) => unauthorized !== null && unauthorized !== undefined)
      .map(({ id }) => `${id} refuses its credential`),
    ...(alerts.length === 0 ? [] : [`${alerts.length} alert${alerts.length === 1 ? ' is' : 's are'} open`]),
    ...(troubled === null || troubled.deliveries.length === 0
      ? []
      : [`${countOf(troubled)} deliveries wait for a person`]),
  ];
  if (readiness.value === null) return <Show loaded={readiness}>{() => null}</Show>;
  return bad.length === 0 ? (
    <p class="verdict good" role="status">
      All is well.
    </p>
  ) : (
    <div class="verdict bad" role="status">
      <p>It needs a look:</p>
      <ul>
        {bad.map((each) => (
          <li key={each}>{each}.</li>
        ))}
      </ul>
    </div>
  );
}

function countOf({ deliveries, nextCursor }: DeliveryPage): string {
  return `${deliveries.length}${nextCursor === null ? '' : ' or more'}`;
}

function Alerts({ alerts }: { readonly alerts: readonly Alert[] }) {
  if (alerts.length === 0) return <Empty>No alert is open.</Empty>;
  const rows = alerts.map(({ id, severity, title, summary, openedAt }) => ({
    key: id,
    cells: [
      <Badge key="s" word={severity} />,
      <a key="t" href={linkTo('alerts')}>
        {title}
      </a>,
      summary,
      <Time key="o" at={openedAt} />,
    ],
  }));
  return <Table caption="Open alerts" head={['Severity', 'Alert', 'Of what', 'Open since']} rows={rows} />;
}

type Cause = { readonly first: Delivery; count: number; oldest: string };

function Causes({ page }: { readonly page: DeliveryPage }) {
  const causes = new Map<string, Cause>();
  for (const delivery of page.deliveries) {
    const { status, code, reason, operation, target, updatedAt } = delivery;
    const name = [status, code ?? reason, operation, target].join('\n');
    const cause = causes.get(name) ?? { first: delivery, count: 0, oldest: updatedAt };
    cause.count += 1;
    if (updatedAt < cause.oldest) cause.oldest = updatedAt;
    causes.set(name, cause);
  }
  if (causes.size === 0) return <Empty>Nothing: no dead letter, and nothing held.</Empty>;
  const sorted = [...causes].sort(([, a], [, b]) => b.count - a.count);
  const rows = sorted.map(([key, { first, count, oldest }]) => ({
    key,
    cells: causeCells(first, count, oldest),
  }));
  return (
    <>
      {page.nextCursor === null ? null : <p class="quiet">Of the newest {sample}; there are more.</p>}
      <Table
        caption="Dead letters and held deliveries by cause"
        head={['Status', 'Cause', 'Operation', 'How many', 'Since']}
        rows={rows}
      />
    </>
  );
}

function causeCells({ status, code, reason, operation, target }: Delivery, count: number, oldest: string) {
  const cause = code ?? reason ?? '';
  const href = linkTo('deliveries', null, { status, reason: cause, operation, target });
  return [
    <Badge key="s" word={status} />,
    <a key="c" href={href}>
      {cause === '' ? 'unknown' : cause}
    </a>,
    `${operation} at ${target}`,
    String(count),
    <Time key="t" at={oldest} />,
  ];
}

function BlockedLines() {
  const lines = useLoad<{ readonly lines: readonly Line[]; readonly nextCursor: string | null }>(
    '/admin/lines?blocked=true&limit=10',
  );
  return (
    <Part title="Blocked lines">
      <Show loaded={lines}>
        {({ lines: all }) =>
          all.length === 0 ? (
            <Empty>Every line moves.</Empty>
          ) : (
            <Table
              caption="Lines that do not go on by themselves, longest first"
              head={['Ordering key', 'Target', 'Blocked by', 'For', 'Behind it']}
              rows={all.map((line) => ({
                key: `${line.orderingKey}/${line.target}`,
                cells: [
                  <a key="k" href={linkTo('deliveries', line.head.id)}>
                    {line.orderingKey}
                  </a>,
                  line.target,
                  line.cause.replaceAll('_', ' '),
                  inWords(line.ageSeconds),
                  line.behindCount === undefined ? '' : String(line.behindCount),
                ],
              }))}
            />
          )
        }
      </Show>
    </Part>
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

function Targets({ targets, newest }: TargetsProps) {
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

function Sources({ newest }: { readonly newest: DeliveryPage | null }) {
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

function Partitions() {
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
