// One job on many deliveries: its progress, what it was refused and what it touched last.

import { bulkActOf } from '../acts/bulk-acts.ts';
import { BulkProgress } from '../parts/bulk-progress.tsx';
import { Empty, Facts, Show, Table, Time } from '../parts/parts.tsx';
import { linkTo } from '../route.ts';
import { useLoad } from '../use-load.ts';
import type { BulkJob } from '../wire-bulk.ts';
import { filterOf } from './replays-page.tsx';

export function ReplayPage({ id }: { readonly id: string }) {
  const loaded = useLoad<BulkJob>(`/admin/replays/${encodeURIComponent(id)}`);
  return (
    <>
      <p>
        <a href={linkTo('replays')}>← Bulk jobs</a>
      </p>
      <Show loaded={loaded}>{(job) => <Told job={job} />}</Show>
    </>
  );
}

function Told({ job }: { readonly job: BulkJob }) {
  const { act, ratePerSecond, limit, createdAt, finishedAt, deliveryIds } = job;
  return (
    <>
      <h1>{bulkActOf(act).name}: all that match</h1>
      <BulkProgress started={job} />
      <Facts
        rows={[
          ['Of', filterOf(job)],
          ['A second, at most', String(ratePerSecond)],
          ['In all, at most', limit.toLocaleString()],
          ['Started', <Time key="s" at={createdAt} isExact />],
          ['Ended', finishedAt === null ? 'not yet' : <Time key="e" at={finishedAt} isExact />],
        ]}
      />
      <h2>Touched last</h2>
      {deliveryIds.length === 0 ? (
        <Empty>Nothing yet.</Empty>
      ) : (
        <Table
          caption="What it touched last"
          head={['Delivery', 'Is a replay of']}
          rows={deliveryIds.map(({ deliveryId, replayOf }) => ({
            key: deliveryId,
            cells: [
              <a key="d" href={linkTo('deliveries', deliveryId)}>
                {deliveryId}
              </a>,
              replayOf === undefined ? (
                ''
              ) : (
                <a key="o" href={linkTo('deliveries', replayOf)}>
                  {replayOf}
                </a>
              ),
            ],
          }))}
        />
      )}
    </>
  );
}
