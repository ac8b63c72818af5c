// Is it well? One sentence, then traffic over time, what a person has to do by cause, targets, sources and the backlog. All counts are
// the relay's own (`/admin/overview`, `/admin/issues`); where it counted a part only, the page says so.

import { inWords } from '../format.ts';
import { Badge, Empty, Notice, Show, Table, Time } from '../parts/parts.tsx';
import { TrafficChart } from '../parts/traffic-chart.tsx';
import { go, linkTo, route } from '../route.ts';
import { can } from '../session.ts';
import { type Loaded, useLoad } from '../use-load.ts';
import type { Alert, Issue, Overview, Readiness } from '../wire.ts';
import type { Line } from '../wire-relay.ts';
import { Part, Partitions, Sources, Targets } from './overview-traffic.tsx';

const windows = [
  { minutes: '15', title: '15 minutes' },
  { minutes: '60', title: 'hour' },
  { minutes: '360', title: '6 hours' },
  { minutes: '1440', title: 'day' },
] as const;

export function OverviewPage() {
  const asked = route.value.query.get('window') ?? '60';
  const minutes = windows.some((each) => each.minutes === asked) ? asked : '60';
  const isReader = can('deliveries:read');
  const readiness = useLoad<Readiness>('/readyz');
  const alerts = useLoad<{ readonly alerts: readonly Alert[] }>(
    can('alerts:read') ? '/admin/alerts?status=open&limit=50' : null,
  );
  const overview = useLoad<Overview>(isReader ? `/admin/overview?windowMinutes=${minutes}` : null);
  return (
    <>
      <div class="title">
        <h1>Overview</h1>
        {isReader ? <Window minutes={minutes} /> : null}
      </div>
      <Verdict readiness={readiness} alerts={alerts.value?.alerts ?? []} overview={overview.value} />
      {isReader ? (
        <Part title="Traffic over time">
          <Show loaded={overview}>{(value) => <Traffic overview={value} />}</Show>
        </Part>
      ) : null}
      {can('alerts:read') ? (
        <Part title="Open alerts">
          <Show loaded={alerts}>{(value) => <Alerts alerts={value.alerts} />}</Show>
        </Part>
      ) : null}
      {isReader ? <Causes /> : null}
      {isReader ? <BlockedLines /> : null}
      {isReader ? (
        <>
          <Part title="Targets">
            <Show loaded={overview}>{({ targets, at }) => <Targets targets={targets} at={at} />}</Show>
          </Part>
          <Part title="Sources">
            <Show loaded={overview}>{({ sources }) => <Sources sources={sources} />}</Show>
          </Part>
        </>
      ) : null}
      {can('relay:read') ? <Partitions /> : null}
    </>
  );
}

function Window({ minutes }: { readonly minutes: string }) {
  const choose = (chosen: string) => go(linkTo('overview', null, { window: chosen === '60' ? '' : chosen }));
  return (
    <label class="window">
      The last
      <select value={minutes} onChange={(event) => choose(event.currentTarget.value)}>
        {windows.map((each) => (
          <option key={each.minutes} value={each.minutes} selected={each.minutes === minutes}>
            {each.title}
          </option>
        ))}
      </select>
    </label>
  );
}

type VerdictProps = {
  readonly readiness: Loaded<Readiness>;
  readonly alerts: readonly Alert[];
  readonly overview: Overview | null;
};

const plural = (count: number, one: string, more: string) => `${count} ${count === 1 ? one : more}`;

function troublesOf({ targets, issues, sources }: Overview): readonly string[] {
  const failures = sources.reduce((sum, { openFailures }) => sum + openFailures, 0);
  return [
    ...targets
      .filter(({ circuit }) => circuit === 'open')
      .map(({ id }) => `${id} takes nothing: its circuit is open`),
    ...targets.filter(({ paused }) => paused === true).map(({ id }) => `${id} is paused`),
    ...targets
      .filter(({ unauthorized }) => unauthorized === true)
      .map(({ id }) => `${id} refuses its credential`),
    ...targets.filter(({ circuit }) => circuit === null).map(({ id }) => `${id} does not say how it stands`),
    ...(issues.open === 0 ? [] : [`${plural(issues.open, 'issue is', 'issues are')} open`]),
    ...(failures === 0 ? [] : [`${plural(failures, 'delivery waits', 'deliveries wait')} for a person`]),
  ];
}

function Verdict({ readiness, alerts, overview }: VerdictProps) {
  const bad = [
    ...(readiness.value?.checks ?? [])
      .filter(({ ok }) => !ok)
      .map(({ name, detail }) => `${name}: ${detail}`),
    ...(alerts.length === 0 ? [] : [`${plural(alerts.length, 'alert is', 'alerts are')} open`]),
    ...(overview === null ? [] : troublesOf(overview)),
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

function Traffic({ overview }: { readonly overview: Overview }) {
  const { isWhole, countedFrom, missing, all, buckets, bucketSeconds } = overview;
  return (
    <>
      {missing.length === 0 ? null : (
        <Notice tone="warn">Not all could be had; missing: {missing.join(', ').replaceAll('_', ' ')}.</Notice>
      )}
      {isWhole ? null : (
        <p class="quiet">
          There is more in this time than is counted: the counts begin <Time at={countedFrom} />.
        </p>
      )}
      {all.received === 0 ? (
        <Empty>Nothing came in this time.</Empty>
      ) : (
        <TrafficChart buckets={buckets} bucketSeconds={bucketSeconds} />
      )}
    </>
  );
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

/** Causes for which a delivery is held and not dead. */
const heldCauses: readonly string[] = ['unauthorized', 'contract_broken', 'state_mismatch'];

function Causes() {
  const issues = useLoad<{ readonly issues: readonly Issue[]; readonly nextCursor: string | null }>(
    '/admin/issues?limit=50',
  );
  return (
    <Part title="Waiting for a person">
      <Show loaded={issues}>
        {({ issues: all }) => {
          const waiting = all
            .filter(({ openCount }) => openCount > 0)
            .sort((a, b) => b.openCount - a.openCount);
          if (waiting.length === 0) return <Empty>Nothing: no dead letter, and nothing held.</Empty>;
          return (
            <Table
              caption="Dead letters and held deliveries by cause"
              head={['Status', 'Cause', 'Operation', 'How many', 'Last']}
              rows={waiting.map((issue) => ({ key: issue.id, cells: causeCells(issue) }))}
            />
          );
        }}
      </Show>
    </Part>
  );
}

function causeCells({ reason, code, operation, target, openCount, lastSeenAt }: Issue) {
  const status = heldCauses.includes(reason) ? 'held' : 'dead_lettered';
  const cause = code ?? reason;
  return [
    <Badge key="s" word={status} />,
    <a key="c" href={linkTo('deliveries', null, { status, reason: cause, operation, target })}>
      {cause}
    </a>,
    `${operation} at ${target}`,
    String(openCount),
    <Time key="t" at={lastSeenAt} />,
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
