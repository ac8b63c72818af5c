// Is it well? One sentence, then what a person has to do, by cause; then targets, sources and partitions. Counts of what went
// through are of the newest deliveries, and say so: the relay keeps no other.

import { inWords } from '../format.ts';
import { Badge, Empty, Show, Table, Time } from '../parts/parts.tsx';
import { linkTo } from '../route.ts';
import { can } from '../session.ts';
import { type Loaded, useLoad } from '../use-load.ts';
import type { Alert, Delivery, DeliveryPage, Readiness } from '../wire.ts';
import type { Line, Target } from '../wire-relay.ts';
import { Part, Partitions, Sources, sample, Targets } from './overview-traffic.tsx';

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
