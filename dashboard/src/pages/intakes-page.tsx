// Intakes: requests that brought several events, or whose records have to be fetched first, and are not done with. The oldest
// first; each leads to its items.

import { words } from '../format.ts';
import { Empty, Failure, Show, Table, Time } from '../parts/parts.tsx';
import { linkTo } from '../route.ts';
import { useLoad } from '../use-load.ts';
import type { IntakeSummary } from '../wire-relay.ts';

export function IntakesPage() {
  const loaded = useLoad<{ readonly intakes: readonly IntakeSummary[] }>('/admin/intakes');
  return (
    <>
      <h1>Intakes</h1>
      <p class="quiet">
        Requests with several events, or whose records have to be fetched first, that have work left. One that
        is done is found by its id for a week: <code>#/intakes/int_…</code>
      </p>
      {loaded.value !== null && loaded.failed?.kind === 'problem' ? <Failure failed={loaded.failed} /> : null}
      <Show loaded={loaded}>
        {({ intakes }) =>
          intakes.length === 0 ? (
            <Empty>None has work left.</Empty>
          ) : (
            <Table
              caption="Intakes with work left, the oldest first"
              head={['Intake', 'Source', 'Received', 'Items']}
              rows={intakes.map(({ id, source, receivedAt, counts }) => ({
                key: id,
                cells: [
                  <a key="i" href={linkTo('intakes', id)}>
                    {id}
                  </a>,
                  source,
                  <Time key="t" at={receivedAt} />,
                  countsOf(counts),
                ],
              }))}
            />
          )
        }
      </Show>
    </>
  );
}

function countsOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${words(status)}`)
    .join(', ');
}
