// A binary heap with string entries that can be moved and removed: lines that are ready, and lines that wait for a time.
// Memory only; rebuilt from the open rows. May import nothing.

export type ReadyHeap = {
  readonly size: () => number;
  /** Adds the entry, or moves it when it is there with another rank. */
  readonly put: (entry: string, rank: number) => void;
  readonly remove: (entry: string) => void;
  readonly peek: () => { readonly entry: string; readonly rank: number } | null;
  readonly take: () => { readonly entry: string; readonly rank: number } | null;
};

export function createReadyHeap(): ReadyHeap {
  const entries: string[] = [];
  const ranks: number[] = [];
  const places = new Map<string, number>();

  const swap = (a: number, b: number): void => {
    const entryA = entries[a] as string;
    const entryB = entries[b] as string;
    const rankA = ranks[a] as number;
    entries[a] = entryB;
    ranks[a] = ranks[b] as number;
    entries[b] = entryA;
    ranks[b] = rankA;
    places.set(entryB, a);
    places.set(entryA, b);
  };
  const rise = (start: number): number => {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((ranks[parent] as number) <= (ranks[at] as number)) break;
      swap(at, parent);
      at = parent;
    }
    return at;
  };
  const sink = (start: number): void => {
    let at = start;
    for (;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < entries.length && (ranks[child] as number) < (ranks[least] as number)) least = child;
      }
      if (least === at) return;
      swap(at, least);
      at = least;
    }
  };
  const removeAt = (at: number): void => {
    const last = entries.length - 1;
    if (at !== last) swap(at, last);
    places.delete(entries[last] as string);
    entries.pop();
    ranks.pop();
    if (at < entries.length) sink(rise(at));
  };
  const peek = (): { entry: string; rank: number } | null =>
    entries.length === 0 ? null : { entry: entries[0] as string, rank: ranks[0] as number };

  return {
    size: () => entries.length,
    put: (entry, rank) => {
      const at = places.get(entry);
      if (at === undefined) {
        entries.push(entry);
        ranks.push(rank);
        places.set(entry, entries.length - 1);
        rise(entries.length - 1);
      } else if (ranks[at] !== rank) {
        ranks[at] = rank;
        sink(rise(at));
      }
    },
    remove: (entry) => {
      const at = places.get(entry);
      if (at !== undefined) removeAt(at);
    },
    peek,
    take: () => {
      const top = peek();
      if (top !== null) removeAt(0);
      return top;
    },
  };
}
