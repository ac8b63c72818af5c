// Failures by their cause, the last seen first: four hundred refused orders of one cause are one line here. The state that is
// looked at stands in the address.

import { MoreButton } from '../parts/more.tsx';
import { Badge, Empty, Failure, Show, Table, Time } from '../parts/parts.tsx';
import { go, linkTo } from '../route.ts';
import { useLoad } from '../use-load.ts';
import { useMore } from '../use-more.ts';
import type { IssuePage, IssueSummary } from '../wire-relay.ts';

const views = [
  { states: 'open,acknowledged', title: 'Not over' },
  { states: 'open', title: 'Open' },
  { states: 'acknowledged', title: 'Looked after' },
  { states: 'ignored', title: 'Ignored' },
  { states: 'resolved', title: 'Over' },
] as const;

export function IssuesPage({ query }: { readonly query: URLSearchParams }) {
  const { states } = views.find((view) => view.states === query.get('state')) ?? views[0];
  const path = `/admin/issues?${new URLSearchParams({ state: states, limit: '50' })}`;
  const loaded = useLoad<IssuePage>(path);
  return (
    <>
      <div class="title">
        <h1>Issues</h1>
        <label class="inline">
          Show{' '}
          <select
            value={states}
            onChange={(event) => go(linkTo('issues', null, { state: event.currentTarget.value }))}
          >
            {views.map((view) => (
              <option key={view.states} value={view.states} selected={view.states === states}>
                {view.title}
              </option>
            ))}
          </select>
        </label>
      </div>
      <p class="quiet">One line for each cause of failures, the last seen first.</p>
      {loaded.value !== null && loaded.failed?.kind === 'problem' ? <Failure failed={loaded.failed} /> : null}
      <Show loaded={loaded}>{(page) => <List key={path} path={path} first={page} />}</Show>
    </>
  );
}

function List({ path, first }: { readonly path: string; readonly first: IssuePage }) {
  const list = useMore<IssueSummary, IssuePage>({
    path,
    first,
    read: ({ issues, nextCursor }) => ({ items: issues, nextCursor }),
    idOf: ({ id }) => id,
  });
  if (list.items.length === 0) return <Empty>No issue is in this state.</Empty>;
  return (
    <>
      {first.journal === 'current' ? null : (
        <p class="notice warn" role="status">
          The journal is {first.journal}: the newest failures may be missing.
        </p>
      )}
      <Table
        caption="Issues, the last seen first"
        head={['State', 'Cause', 'Operation', 'Dead or held', 'Failures', 'Last seen', 'Message']}
        rows={list.items.map(toRow)}
      />
      <MoreButton of={list} name="Older issues" />
    </>
  );
}

function toRow({ id, state, code, reason, operation, target, openCount, count, ...rest }: IssueSummary) {
  return {
    key: id,
    cells: [
      <Badge key="s" word={state} />,
      <a key="c" href={linkTo('issues', id)}>
        {code ?? reason}
      </a>,
      `${operation} at ${target}`,
      String(openCount),
      String(count),
      <Time key="t" at={rest.lastSeenAt} />,
      rest.message ?? '',
    ],
  };
}
