// A list that goes on: the first page is kept fresh by whoever loads it, older ones are added when they are asked for. Keeps
// what it has when a page cannot be had.

import { useState } from 'preact/hooks';
import { ask, type Failed } from './api.ts';

type PageOf<T> = { readonly items: readonly T[]; readonly nextCursor: string | null };

export type More<T> = {
  readonly items: readonly T[];
  readonly failed: Failed | null;
  /** Null: there is no more. */
  readonly more: (() => void) | null;
};

type MoreOptions<T, P> = {
  /** With its query, without a cursor. */
  readonly path: string;
  readonly first: P;
  readonly read: (page: P) => PageOf<T>;
  readonly idOf: (item: T) => string;
};

export function useMore<T, P>({ path, first, read, idOf }: MoreOptions<T, P>): More<T> {
  const newest = read(first);
  const [older, setOlder] = useState<readonly T[]>([]);
  // Where the first page ended when it first came: what comes later pushes nothing out.
  const [cursor, setCursor] = useState(newest.nextCursor);
  const [start] = useState(newest.items);
  const [failed, setFailed] = useState<Failed | null>(null);
  const more = async () => {
    const answer = await ask<P>(`${path}&cursor=${encodeURIComponent(cursor ?? '')}`);
    if (answer.kind !== 'ok') return setFailed(answer);
    const page = read(answer.value);
    setFailed(null);
    setOlder((before) => [...(before.length === 0 ? start : before), ...page.items]);
    setCursor(page.nextCursor);
  };
  const seen = new Set(newest.items.map(idOf));
  const items = [...newest.items, ...older.filter((item) => !seen.has(idOf(item)))];
  return { items, failed, more: cursor === null ? null : () => void more() };
}
