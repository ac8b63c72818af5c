// Search: filters stand in the address, the newest come by themselves over the live tail, older ones as the reader scrolls. From here
// all dead letters that match are replayed at once.

import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { BulkAct } from '../acts/bulk-act.tsx';
import { ask } from '../api.ts';
import { DeliveryList, isPhone } from '../parts/delivery-list.tsx';
import { Empty, Failure, Show } from '../parts/parts.tsx';
import { go, linkTo } from '../route.ts';
import { LiveSwitch } from '../tail/live-switch.tsx';
import { type ListFilter, mergeChanges, tailQuery } from '../tail/merge-changes.ts';
import { useTail } from '../tail/use-tail.ts';
import { useLoad } from '../use-load.ts';
import type { Delivery, DeliveryPage } from '../wire.ts';

const statuses = [
  'pending',
  'scheduled',
  'leased',
  'running',
  'held',
  'dead_lettered',
  'succeeded',
  'superseded',
  'skipped',
  'resolved',
];

const fields = [
  { name: 'orderingKey', label: 'Ordering key', example: 'order/1001' },
  { name: 'reason', label: 'Reason or code', example: 'period_closed' },
  { name: 'source', label: 'Source', example: 'shopify' },
  { name: 'type', label: 'Event type', example: 'orders/create' },
  { name: 'eventId', label: 'Event id', example: '' },
  { name: 'operation', label: 'Operation', example: 'sale.confirm' },
  { name: 'target', label: 'Target', example: 'erp' },
  { name: 'route', label: 'Route', example: '' },
] as const;

const names = ['status', 'issue', ...fields.map(({ name }) => name)];
const pageSize = 50;

export function DeliveriesPage({ query }: { readonly query: URLSearchParams }) {
  const filter = useMemo(
    () => Object.fromEntries([...query].filter(([name, value]) => names.includes(name) && value !== '')),
    [query.toString()],
  );
  const isLive = query.get('live') !== 'off';
  const { status = '', ...matching } = filter;
  return (
    <>
      <div class="title">
        <h1>Deliveries</h1>
        <BulkAct filter={matching} statuses={status.split(',')} />
      </div>
      <Filter filter={filter} isLive={isLive} />
      <Found key={JSON.stringify(filter)} filter={filter} isLive={isLive} />
    </>
  );
}

function Filter({ filter, isLive }: FoundProps) {
  const search = (event: Event) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    const wanted = [...new FormData(form)].map(([name, value]) => [name, String(value).trim()] as const);
    go(linkTo('deliveries', null, { ...Object.fromEntries(wanted), live: isLive ? '' : 'off' }));
  };
  // On a phone they would push what was found out of sight.
  const isNarrow =
    !isPhone() && fields.some(({ name }) => name !== 'orderingKey' && filter[name] !== undefined);
  return (
    <form class="filter" role="search" aria-label="Deliveries" onSubmit={search} key={JSON.stringify(filter)}>
      <label>
        Status
        <select
          name="status"
          defaultValue={filter.status ?? ''}
          onChange={(event) => event.currentTarget.form?.requestSubmit()}
        >
          <option value="">any</option>
          <option value="dead_lettered,held">dead lettered or held</option>
          {statuses.map((status) => (
            <option key={status} value={status} selected={filter.status === status}>
              {status.replaceAll('_', ' ')}
            </option>
          ))}
        </select>
      </label>
      <FilterField field={fields[0]} filter={filter} />
      <details open={isNarrow}>
        <summary>More filters</summary>
        <div class="fields">
          {fields.slice(1).map((field) => (
            <FilterField key={field.name} field={field} filter={filter} />
          ))}
        </div>
      </details>
      <div class="buttons">
        <button type="submit" class="primary">
          Search
        </button>
        <a class="button" href={linkTo('deliveries')}>
          Clear
        </a>
      </div>
    </form>
  );
}

type FieldProps = {
  readonly field: (typeof fields)[number];
  readonly filter: Readonly<Record<string, string>>;
};

function FilterField({ field: { name, label, example }, filter }: FieldProps) {
  return (
    <label>
      {label}
      <input
        name={name}
        defaultValue={filter[name] ?? ''}
        placeholder={example}
        autoComplete="off"
        spellcheck={false}
      />
    </label>
  );
}

type FoundProps = { readonly filter: ListFilter; readonly isLive: boolean };

function Found({ filter, isLive }: FoundProps) {
  const path = `/admin/deliveries?${new URLSearchParams({ ...filter, limit: String(pageSize) })}`;
  const reload = useRef(() => {});
  // An issue is left by what ends, and the tail does not tell of what is no longer of it.
  const isTold = isLive && filter.issue === undefined;
  const { standing, changes } = useTail(isTold ? tailQuery(filter) : null, () => reload.current());
  // It is read once where the tail begins, and again and again only where there is none.
  const newest = useLoad<DeliveryPage>(path, { isLive: standing !== 'live' });
  reload.current = newest.reload;
  const { older, failed, more } = useOlder(path, newest.value);
  return (
    <>
      <LiveSwitch isLive={isLive} standing={standing} />
      {newest.value !== null && newest.failed?.kind === 'problem' ? <Failure failed={newest.failed} /> : null}
      {failed}
      <Show loaded={newest}>
        {({ deliveries, journal }) => {
          const read = merged(deliveries, older);
          const all = mergeChanges(read, changes, { filter, isWhole: more === null });
          return (
            <>
              {journal === 'behind' || journal === 'unavailable' ? (
                <p class="notice warn" role="status">
                  The journal is {journal}: closed deliveries may be missing. Open ones are all here.
                </p>
              ) : null}
              {all.length === 0 && more === null ? (
                <Empty>No delivery matches. New ones appear here by themselves.</Empty>
              ) : (
                <DeliveryList deliveries={all} more={more} />
              )}
            </>
          );
        }}
      </Show>
    </>
  );
}

/** The newest as they are now, then those of older pages. */
function merged(newest: readonly Delivery[], older: readonly Delivery[]): readonly Delivery[] {
  const seen = new Set(newest.map(({ id }) => id));
  return [...newest, ...older.filter(({ id }) => !seen.has(id))];
}

function useOlder(path: string, newest: DeliveryPage | null) {
  const [older, setOlder] = useState<readonly Delivery[]>([]);
  const [cursor, setCursor] = useState<string | null | undefined>(undefined);
  const [failed, setFailed] = useState(false);
  const isBusy = useRef(false);
  const first = newest?.nextCursor;
  // The pages go on from where the first one ended when it first came: what came since then pushes nothing out.
  useEffect(() => {
    if (first !== undefined) setCursor((before) => (before === undefined ? first : before));
  }, [first]);
  const shownFirst = useRef<readonly Delivery[]>([]);
  if (shownFirst.current.length === 0 && newest !== null) shownFirst.current = newest.deliveries;
  const more = useCallback(async () => {
    if (isBusy.current || cursor === undefined || cursor === null) return;
    isBusy.current = true;
    const answer = await ask<DeliveryPage>(`${path}&cursor=${encodeURIComponent(cursor)}`);
    isBusy.current = false;
    setFailed(answer.kind !== 'ok');
    if (answer.kind !== 'ok') return;
    setOlder((before) => [
      ...(before.length === 0 ? shownFirst.current : before),
      ...answer.value.deliveries,
    ]);
    setCursor(answer.value.nextCursor);
  }, [path, cursor]);
  const notice = failed ? (
    <div class="notice bad" role="alert">
      <p>Older deliveries could not be loaded.</p>
      <button type="button" onClick={() => void more()}>
        Try again
      </button>
    </div>
  ) : null;
  const goesOn = failed || cursor === undefined || cursor === null ? null : more;
  return { older, failed: notice, more: goesOn as (() => void) | null };
}
