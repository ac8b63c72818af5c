// The live tail for a page: what changed since it was last asked for all, by delivery, and how the tail stands. Off while the tab is
// hidden for a while: nobody looks, and sockets are counted.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { TailItem } from '../wire.ts';
import { openTail, type TailStanding } from './open-tail.ts';

export type Tail = {
  readonly standing: TailStanding | 'off';
  readonly changes: ReadonlyMap<string, TailItem>;
};

/** Beyond so many changes the list is better read again than patched. */
const maxChanges = 2_000;

/** How often at most a page is redrawn for what changed, ms. */
const drawEveryMs = 200;

/** A tab that is hidden for longer stops listening, ms. */
const hiddenMs = 30_000;

/** @param query null: it is switched off. `readAgain`: what is shown has to be asked for again. */
export function useTail(query: string | null, readAgain: () => void): Tail {
  const isSeen = useIsSeen();
  const [standing, setStanding] = useState<TailStanding>('connecting');
  const [changes, setChanges] = useState<ReadonlyMap<string, TailItem>>(new Map());
  const again = useRef(readAgain);
  again.current = readAgain;
  const isOn = query !== null && isSeen;
  useEffect(() => {
    if (query === null || !isOn) return;
    const gathered = new Map<string, TailItem>();
    let timer: number | undefined;
    const draw = () => {
      timer = undefined;
      setChanges((before) => {
        const after = new Map([...before, ...gathered]);
        gathered.clear();
        return after;
      });
    };
    const end = openTail(query, {
      stands: setStanding,
      changed: (items) => {
        for (const item of items) gathered.set(item.id, item);
        timer ??= setTimeout(draw, drawEveryMs);
      },
      missed: () => again.current(),
    });
    return () => {
      end();
      clearTimeout(timer);
      setStanding('connecting');
    };
  }, [query, isOn]);
  useEffect(() => {
    if (changes.size <= maxChanges) return;
    setChanges(new Map());
    again.current();
  }, [changes.size]);
  return { standing: isOn ? standing : 'off', changes };
}

function useIsSeen(): boolean {
  const [isSeen, setSeen] = useState(true);
  useEffect(() => {
    let timer: number | undefined;
    const look = () => {
      clearTimeout(timer);
      if (document.hidden) timer = setTimeout(() => setSeen(false), hiddenMs);
      else setSeen(true);
    };
    document.addEventListener('visibilitychange', look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  return isSeen;
}
