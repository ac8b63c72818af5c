// Jobs on many deliveries at once, the running ones first: who started each, why, on what, and how far it is.

import { bulkActOf } from '../acts/bulk-acts.ts';
import { MoreButton } from '../parts/more.tsx';
import { Badge, Empty, Failure, Show, Table, Time } from '../parts/parts.tsx';
import { linkTo } from '../route.ts';
import { useLoad } from '../use-load.ts';
import { useMore } from '../use-more.ts';
import type { BulkJob, BulkJobPage } from '../wire-bulk.ts';

const path = '/admin/replays?limit=50';

export function ReplaysPage() {
  const loaded = useLoad<BulkJobPage>(path);
  return (
    <>
      <h1>Bulk jobs</h1>
      <p class="quiet">
        Replays, skips, resolutions and releases of all that matched a filter. They are started from the
        deliveries or from an issue.
      </p>
      {loaded.value !== null && loaded.failed?.kind === 'problem' ? <Failure failed={loaded.failed} /> : null}
      <Show loaded={loaded}>{(page) => <List first={page} />}</Show>
    </>
  );
}

function List({ first }: { readonly first: BulkJobPage }) {
  const list = useMore<BulkJob, BulkJobPage>({
    path,
    first,
    read: ({ replays, nextCursor }) => ({ items: replays, nextCursor }),
    idOf: ({ id }) => id,
  });
  if (list.items.length === 0) return <Empty>None was started in the last 30 days.</Empty>;
  return (
    <>
      <Table
        caption="Bulk jobs, running ones first"
        head={['Started', 'Status', 'Act', 'Of', 'Done', 'By', 'Why']}
        rows={list.items.map((job) => ({ key: job.id, cells: cellsOf(job) }))}
      />
      <MoreButton of={list} name="Older jobs" />
    </>
  );
}

function cellsOf(job: BulkJob) {
  const { id, createdAt, status, act, done, refused, total, actor, reason } = job;
  return [
    <a key="i" href={linkTo('replays', id)}>
      <Time at={createdAt} />
    </a>,
    <Badge key="s" word={status} />,
    bulkActOf(act).name,
    filterOf(job),
    `${done}${total === null ? '' : ` of ${total}`}${refused === 0 ? '' : `, ${refused} refused`}`,
    actor,
    reason,
  ];
}

export function filterOf({ filter }: BulkJob): string {
  const named = Object.entries(filter).filter(([name]) => name !== 'status');
  return named.length === 0
    ? 'everything'
    : named.map(([name, value]) => `${name} ${String(value)}`).join(', ');
}
