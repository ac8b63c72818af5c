// Simulated time: what happens next, in order of time and, at the same time, of entry. Deterministic.

export type EventList = {
  readonly now: () => number;
  readonly at: (time: number, work: () => void) => void;
  /** Runs what is due until `end`. */
  readonly run: (end: number) => void;
};

type Entry = { readonly time: number; readonly order: number; readonly work: () => void };

const isBefore = (a: Entry, b: Entry): boolean => a.time < b.time || (a.time === b.time && a.order < b.order);

export function createEventList(): EventList {
  const heap: Entry[] = [];
  let now = 0;
  let order = 0;

  const swap = (a: number, b: number): void => {
    const kept = heap[a] as Entry;
    heap[a] = heap[b] as Entry;
    heap[b] = kept;
  };
  const push = (entry: Entry): void => {
    heap.push(entry);
    for (let at = heap.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!isBefore(heap[at] as Entry, heap[parent] as Entry)) return;
      swap(at, parent);
      at = parent;
    }
  };
  const pop = (): Entry | undefined => {
    const first = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return first;
    heap[0] = last;
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && isBefore(heap[child] as Entry, heap[least] as Entry)) least = child;
      if (least === at) return first;
      swap(at, least);
      at = least;
    }
  };
  return {
    now: () => now,
    at: (time, work) => {
      order += 1;
      push({ time: Math.max(time, now), order, work });
    },
    run: (end) => {
      while (heap.length > 0 && (heap[0] as Entry).time <= end) {
        const entry = pop();
        if (entry === undefined) return;
        now = entry.time;
        entry.work();
      }
      now = end;
    },
  };
}
