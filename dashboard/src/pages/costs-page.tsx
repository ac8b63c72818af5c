// What the platform bills for what the relay did, as the relay counts it itself: in all, per event, and in dollars for a million
// events. Says what it cannot count.

import { Empty, Facts, Failure, Show, Table, Time } from '../parts/parts.tsx';
import { useLoad } from '../use-load.ts';
import type { Costs } from '../wire-relay.ts';

const names: Readonly<Record<string, string>> = {
  workerRequests: 'Worker requests',
  objectRequests: 'Object requests',
  objectRowsRead: 'Object rows read',
  objectRowsWritten: 'Object rows written',
  databaseRowsRead: 'D1 rows read',
  databaseRowsWritten: 'D1 rows written',
  queueOperations: 'Queue operations',
};

export function CostsPage() {
  const loaded = useLoad<Costs>('/admin/costs');
  return (
    <>
      <h1>Costs</h1>
      {loaded.value !== null && loaded.failed?.kind === 'problem' ? <Failure failed={loaded.failed} /> : null}
      <Show loaded={loaded}>{(costs) => <Told costs={costs} />}</Show>
    </>
  );
}

function Told({ costs }: { readonly costs: Costs }) {
  const { counts, perEvent, dollarsPerMillionEvents: dollars, prices } = costs;
  const kinds = Object.keys(prices.dollarsPerMillion);
  return (
    <>
      {dollars === null ? (
        <Empty>No event was claimed since the counting began: there is nothing to divide by.</Empty>
      ) : (
        <p class="verdict">
          <strong>${(dollars.total ?? 0).toFixed(2)}</strong> for a million events like these
        </p>
      )}
      <Facts
        rows={[
          ['Counted since', <Time key="s" at={costs.since} isExact />],
          ['Events', number(counts.events)],
          ['Duplicates', number(counts.duplicates)],
          ['Isolates', String(costs.isolateCount)],
          ...(costs.unansweredCount === 0
            ? []
            : [['Did not answer', String(costs.unansweredCount)] as const]),
        ]}
      />
      <Table
        caption="What is billed"
        head={['What', 'Counted', 'An event', '$ a million of it', '$ a million events']}
        rows={kinds.map((kind) => ({
          key: kind,
          cells: [
            names[kind] ?? kind,
            number(counts[kind]),
            perEvent === null ? '–' : number(perEvent[kind]),
            money(prices.dollarsPerMillion[kind]),
            dollars === null ? '–' : money(dollars[kind]),
          ],
        }))}
      />
      <p class="quiet">
        Prices as of {prices.asOf}, beyond what the plan includes ({prices.source}). Not counted: CPU time,
        the time objects are active, storage and log lines; on Cloudflare, Worker requests of isolates that
        cannot be asked.
      </p>
    </>
  );
}

function number(value = 0): string {
  return value.toLocaleString(undefined, { maximumFractionDigits: 3 });
}

function money(value = 0): string {
  return value.toLocaleString(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 4 });
}
