// Lines that do not go on by themselves, the longest blocked first: what stands at the head, since when, and how much waits
// behind it. A head is passed from here, or opened to be replayed or closed.

import { post } from '../api.ts';
import { inWords, words } from '../format.ts';
import { ActButton } from '../parts/act-dialog.tsx';
import { MoreButton } from '../parts/more.tsx';
import { Empty, Failure, Show, Table } from '../parts/parts.tsx';
import { linkTo } from '../route.ts';
import { useLoad } from '../use-load.ts';
import { useMore } from '../use-more.ts';
import type { Line, LinePage } from '../wire-relay.ts';

const path = '/admin/lines?blocked=true&limit=50';

export function LinesPage() {
  const loaded = useLoad<LinePage>(path);
  return (
    <>
      <h1>Blocked lines</h1>
      <p class="quiet">
        What one thing's deliveries at one target wait for: they run one after the other, and the first of
        these does not go on by itself.
      </p>
      {loaded.value !== null && loaded.failed?.kind === 'problem' ? <Failure failed={loaded.failed} /> : null}
      <Show loaded={loaded}>{(page) => <List first={page} reload={loaded.reload} />}</Show>
    </>
  );
}

function List({ first, reload }: { readonly first: LinePage; readonly reload: () => void }) {
  const list = useMore<Line, LinePage>({
    path,
    first,
    read: ({ lines, nextCursor }) => ({ items: lines, nextCursor }),
    idOf: ({ orderingKey, target }) => `${target} ${orderingKey}`,
  });
  if (list.items.length === 0) return <Empty>Every line moves.</Empty>;
  return (
    <>
      <Table
        caption="Blocked lines, the longest first"
        head={['Ordering key', 'Target', 'Blocked by', 'For', 'Behind it', 'Missing numbers', 'Acts']}
        rows={list.items.map((line) => ({
          key: `${line.target} ${line.orderingKey}`,
          cells: cellsOf(line, reload),
        }))}
      />
      <MoreButton of={list} name="More lines" />
    </>
  );
}

function cellsOf(line: Line, reload: () => void) {
  const { orderingKey, target, cause, on, head, ageSeconds, behindCount, gaps } = line;
  return [
    <a key="k" href={linkTo('deliveries', head.id)}>
      {orderingKey}
    </a>,
    target,
    `${words(cause)}: ${head.operation}${head.reason === null ? '' : ` (${words(head.reason)})`}${
      on === null || on === undefined ? '' : `, on ${on}`
    }`,
    inWords(ageSeconds),
    behindCount === undefined ? 'not shown' : String(behindCount),
    gaps.length === 0
      ? 'none'
      : gaps.map(({ source, missingCount }) => `${missingCount} of ${source}`).join(', '),
    <Unblock key="u" line={line} done={reload} />,
  ];
}

function Unblock({ line, done }: { readonly line: Line; readonly done: () => void }) {
  const { orderingKey, target, cause, head } = line;
  // A held one is released or skipped on its own page: it may have been done.
  if (cause === 'held') return <a href={linkTo('deliveries', head.id)}>Release or skip it</a>;
  return (
    <ActButton
      name="Unblock"
      of={`${orderingKey} at ${target}`}
      scope="deliveries:manage"
      says={
        <p>
          The line of <strong>{orderingKey}</strong> at {target} goes on past {head.id}. A dead letter stays
          one, to be replayed or closed later; what waits for something that has to come before waits no more.
        </p>
      }
      undo="What runs behind it meanwhile cannot be put behind it again."
      run={(note) => post(`/admin/deliveries/${encodeURIComponent(head.id)}/unblock`, { note })}
      done={done}
    />
  );
}
