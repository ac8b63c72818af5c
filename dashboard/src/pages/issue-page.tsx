// One issue: what fails, since when, of which sources, what was said of it, and the deliveries of it. From here it is
// acknowledged, ignored, resolved, and all that is dead with it is replayed.

import { BulkAct } from '../acts/bulk-act.tsx';
import { IssueActs } from '../acts/issue-acts.tsx';
import { words } from '../format.ts';
import { DeliveryRow } from '../parts/delivery-list.tsx';
import { Badge, Empty, Facts, Failure, Show, Table, Time } from '../parts/parts.tsx';
import { linkTo } from '../route.ts';
import { can } from '../session.ts';
import { useLoad } from '../use-load.ts';
import type { IssueStory } from '../wire-relay.ts';

export function IssuePage({ id }: { readonly id: string }) {
  const loaded = useLoad<IssueStory>(`/admin/issues/${encodeURIComponent(id)}`);
  return (
    <>
      <p>
        <a href={linkTo('issues')}>← Issues</a>
      </p>
      <Show loaded={loaded}>{(issue) => <Told issue={issue} reload={loaded.reload} />}</Show>
      {loaded.value !== null && loaded.failed?.kind === 'problem' ? <Failure failed={loaded.failed} /> : null}
    </>
  );
}

function Told({ issue, reload }: { readonly issue: IssueStory; readonly reload: () => void }) {
  const { id, code, reason, operation, target, state, message, openCount, deliveries } = issue;
  return (
    <>
      <h1>
        {code ?? reason} in {operation} at {target}
      </h1>
      <p class="lead">
        <Badge word={state} /> {message}
      </p>
      <Said issue={issue} />
      <div class="acts" role="group" aria-label="Acts">
        <BulkAct filter={{ issue: id }} statuses={deliveries.map(({ status }) => status)} done={reload} />
        <IssueActs issue={issue} done={reload} />
      </div>
      <Facts rows={factsOf(issue)} />
      <Sources issue={issue} />
      <h2>What is dead or held with it</h2>
      {deliveries.length === 0 ? (
        <Empty>Nothing any more.</Empty>
      ) : (
        <ul class="rows">
          {deliveries.map((delivery) => (
            <li key={delivery.id}>
              <DeliveryRow delivery={delivery} />
            </li>
          ))}
        </ul>
      )}
      {openCount > deliveries.length ? (
        <p>
          <a href={linkTo('deliveries', null, { issue: id })}>All {openCount} of them</a>
        </p>
      ) : null}
    </>
  );
}

function Said({ issue }: { readonly issue: IssueStory }) {
  const { state, stateBy, note, stateSince } = issue;
  if (stateBy === undefined || stateBy === null) return null;
  return (
    <p class="notice">
      {words(state)} <Time at={stateSince} /> by {stateBy}
      {note === null || note === undefined || note === '' ? '' : `: ${note}`}
    </p>
  );
}

function factsOf(issue: IssueStory) {
  const rows: (readonly [string, preact.ComponentChildren])[] = [
    ['Dead or held now', String(issue.openCount)],
    ['Failures ever', String(issue.count)],
    ['First seen', <Time key="f" at={issue.firstSeenAt} />],
    ['Last seen', <Time key="l" at={issue.lastSeenAt} />],
    ['Reason', words(issue.reason)],
    [
      'Target',
      can('targets:read') ? (
        <a key="t" href={linkTo('targets', issue.target)}>
          {issue.target}
        </a>
      ) : (
        issue.target
      ),
    ],
  ];
  if (issue.reopenedCount !== undefined && issue.reopenedCount > 0)
    rows.push(['Came back', `${issue.reopenedCount} time${issue.reopenedCount === 1 ? '' : 's'}`]);
  if (issue.alert !== null)
    rows.push([
      'Alert',
      <a key="a" href={linkTo('alerts')}>
        {issue.alert}
      </a>,
    ]);
  return rows;
}

function Sources({ issue: { sources } }: { readonly issue: IssueStory }) {
  if (sources.length < 2) return null;
  return (
    <Table
      caption="By source"
      head={['Source', 'Dead or held', 'Failures', 'Last seen']}
      rows={sources.map(({ source, openCount, count, lastSeenAt }) => ({
        key: source,
        cells: [source, String(openCount), String(count), <Time key="t" at={lastSeenAt} />],
      }))}
    />
  );
}
