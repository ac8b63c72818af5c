// The audit: who did what to which thing, and why; the newest first. Filters stand in the address. All of it can be saved, and
// its chain checked in this browser. Nothing in it can be changed from here or anywhere.

import { useState } from 'preact/hooks';
import { words } from '../format.ts';
import { TextField } from '../parts/fields.tsx';
import { MoreButton } from '../parts/more.tsx';
import { Empty, Failure, Show, Table, Time } from '../parts/parts.tsx';
import { go, linkTo } from '../route.ts';
import { useLoad } from '../use-load.ts';
import { useMore } from '../use-more.ts';
import type { Act, ActPage } from '../wire-access.ts';
import { AuditChain } from './audit-chain.tsx';

const fields = [
  { name: 'actor', label: 'Who', example: 'admin_key' },
  { name: 'action', label: 'Did', example: 'replayed' },
  { name: 'target', label: 'To the target', example: 'erp' },
  { name: 'orderingKey', label: 'Ordering key', example: 'order/1001' },
  { name: 'deliveryId', label: 'Delivery', example: 'dlv_…' },
] as const;

type Filter = Readonly<Record<string, string>>;

export function AuditPage({ query }: { readonly query: URLSearchParams }) {
  const filter = Object.fromEntries(
    [...query].filter(([name, value]) => value !== '' && fields.some((field) => field.name === name)),
  );
  const path = `/admin/audit?${new URLSearchParams({ ...filter, limit: '50' })}`;
  const loaded = useLoad<ActPage>(path);
  return (
    <>
      <h1>Audit</h1>
      <AuditChain />
      <Search key={path} filter={filter} />
      {loaded.value !== null && loaded.failed?.kind === 'problem' ? <Failure failed={loaded.failed} /> : null}
      <Show loaded={loaded}>{(page) => <Acts key={path} path={path} first={page} filter={filter} />}</Show>
    </>
  );
}

function Search({ filter }: { readonly filter: Filter }) {
  const [wanted, setWanted] = useState<Filter>(filter);
  const search = (event: Event) => {
    event.preventDefault();
    const trimmed = Object.entries(wanted).map(([name, value]) => [name, value.trim()] as const);
    go(linkTo('audit', null, Object.fromEntries(trimmed)));
  };
  return (
    <details open={Object.keys(filter).length > 0}>
      <summary>Search</summary>
      <form role="search" aria-label="Acts" onSubmit={search}>
        <div class="fields">
          {fields.map(({ name, label, example }) => (
            <TextField
              key={name}
              label={label}
              example={example}
              value={wanted[name] ?? ''}
              set={(value) => setWanted({ ...wanted, [name]: value })}
            />
          ))}
        </div>
        <div class="buttons">
          <button type="submit" class="primary">
            Search
          </button>
          <a class="button" href={linkTo('audit')}>
            Clear
          </a>
        </div>
      </form>
    </details>
  );
}

type ActsProps = { readonly path: string; readonly first: ActPage; readonly filter: Filter };

function Acts({ path, first, filter }: ActsProps) {
  const list = useMore<Act, ActPage>({
    path,
    first,
    read: ({ acts, nextCursor }) => ({ items: acts, nextCursor }),
    idOf: ({ id }) => id,
  });
  if (list.items.length === 0)
    return (
      <Empty>{Object.keys(filter).length === 0 ? 'Nobody has done anything yet.' : 'No act matches.'}</Empty>
    );
  return (
    <>
      {first.journal === 'current' ? null : (
        <p class="notice warn" role="status">
          The journal is {first.journal}: the newest acts on deliveries may be missing.
        </p>
      )}
      <Table
        caption="Acts, newest first"
        head={['When', 'Who', 'Did', 'To', 'Why', 'Before → after']}
        rows={list.items.map(toRow)}
      />
      <MoreButton of={list} name="Older acts" />
    </>
  );
}

function toRow({ id, at, actor, action, deliveryId, orderingKey, target, reason, before, after }: Act) {
  const what =
    deliveryId === null ? (
      (target ?? '')
    ) : (
      <a href={linkTo('deliveries', deliveryId)}>{orderingKey ?? deliveryId}</a>
    );
  return {
    key: id,
    cells: [
      <Time key="t" at={at} />,
      <a key="a" href={linkTo('audit', null, { actor })}>
        {actor}
      </a>,
      words(action),
      what,
      reason ?? '',
      before === null ? (after ?? '') : `${before} → ${after ?? ''}`,
    ],
  };
}
