// Loads a path and keeps it fresh while the tab is seen. The last answer stays when a later one fails, and is said to be old:
// a reader at night is better served by what was true a minute ago than by an empty page.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type Answer, ask, type Failed, reachable } from './api.ts';

export type Loaded<T> = {
  /** Null until it came once. */
  readonly value: T | null;
  /** Null: the last call went well. */
  readonly failed: Failed | null;
  readonly reload: () => void;
};

/** How often what is shown is asked again, ms. */
export const refreshEveryMs = 4_000;

/** While the relay is away, ms: it is looked for more often than it is read. */
const searchEveryMs = 1_500;

/** `path` null: nothing is asked. */
export function useLoad<T>(
  path: string | null,
  { isLive = true }: { readonly isLive?: boolean } = {},
): Loaded<T> {
  const load = useCallback(() => ask<T>(path ?? ''), [path]);
  return useLoading(path, load, isLive);
}

export function useLoading<T>(
  key: string | null,
  load: () => Promise<Answer<T>>,
  isLive: boolean,
): Loaded<T> {
  const [state, setState] = useState<{ key: string | null; value: T | null; failed: Failed | null }>({
    key,
    value: null,
    failed: null,
  });
  const latest = useRef(key);
  latest.current = key;
  const isMissing = useRef(true);
  const reload = useCallback(async () => {
    if (key === null) return;
    const answer = await load();
    // The reader may have gone on meanwhile.
    if (latest.current !== key) return;
    isMissing.current = answer.kind !== 'ok';
    setState((before) =>
      answer.kind === 'ok'
        ? { key, value: answer.value, failed: null }
        : { key, value: before.key === key ? before.value : null, failed: answer },
    );
  }, [key, load]);
  useEffect(() => {
    let timer: number | undefined;
    let isOver = false;
    const again = () => {
      // What is asked once is asked until it came.
      if (isOver || (!isLive && !isMissing.current)) return;
      timer = setTimeout(run, reachable.value ? refreshEveryMs : searchEveryMs);
    };
    const run = async () => {
      if (!document.hidden) await reload();
      again();
    };
    void reload().then(again);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [reload, isLive]);
  const isOwn = state.key === key;
  return {
    value: isOwn ? state.value : null,
    failed: isOwn ? state.failed : null,
    reload: () => void reload(),
  };
}
