// The audit: who did what to which thing, and why; the newest first. Nothing in it can be changed from here or anywhere.

import { useState } from 'preact/hooks';
import { ask } from '../api.ts';
import { words } from '../format.ts';
import { Empty, Show, Table, Time } from '../parts/parts.tsx';
import { linkTo } from '../route.ts';
import { useLoad } from '../use-load.ts';
import type { Act } from '../wire.ts';

type ActPage = { readonly acts: readonly Act[]; readonly nextCursor: string | null };

export function AuditPage({ query }: { readonly query: URLSearchParams }) {
  const known = [...query].filter(([name]) =>
    ['actor', 'action', 'target', 'orderingKey', 'deliveryId'].includes(name),
  );
  const path = `/admin/audit?${new URLSearchParams([...known, ['limit', '50']])}`;
  const loaded = useLoad<ActPage>(path);
  return (
    <>
      <h1>Audit</h1>
      <Show loaded={loaded}>{(page) => <Pages key={path} path={path} first={page} />}</Show>
    </>
  );
}

function Pages({ path, first }: { readonly path: string; readonly first: ActPage }) {
  const [older, setOlder] = useState<readonly Act[]>([]);
  const [cursor, setCursor] = useState(first.nextCursor);
  const more = async () => {
    const answer = await ask<ActPage>(`${path}&cursor=${encodeURIComponent(cursor ?? '')}`);
    if (answer.kind !== 'ok') return;
    setOlder((before) => [...before, ...answer.value.acts]);
    setCursor(answer.value.nextCursor);
  };
  const seen = new Set(first.acts.map(({ id }) => id));
  const acts = [...first.acts, ...older.filter(({ id }) => !seen.has(id))];
  if (acts.length === 0) return <Empty>Nobody has done anything yet.</Empty>;
  return (
    <>
      <Table
        caption="Acts, newest first"
        head={['When', 'Who', 'Did', 'To', 'Why', 'Before → after']}
        rows={acts.map(toRow)}
      />
      {cursor === null ? null : (
        <button type="button" onClick={() => void more()}>
          Older acts
        </button>
      )}
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
      actor,
      words(action),
      what,
      reason ?? '',
      `${before ?? ''} → ${after ?? ''}`,
    ],
  };
}
