// The bodies and headers of the newest open events, in memory: a lease hands out what was written a moment ago. Memory over
// rows that hold the same; it may forget at any time, and may not be asked for what has no row.

import type { EventPayload } from '../../core/event.ts';
import type { EventKey } from '../../core/sequencer/record.ts';

export type RecentPayloads = {
  readonly keep: (key: EventKey, payload: EventPayload) => void;
  readonly find: (key: EventKey) => EventPayload | null;
  readonly drop: (key: EventKey) => void;
};

/** @param maxBytes of bodies and headers, all together */
export function createRecentPayloads(maxBytes: number): RecentPayloads {
  const kept = new Map<string, { readonly payload: EventPayload; readonly bytes: number }>();
  let bytes = 0;

  const dropName = (name: string): void => {
    bytes -= kept.get(name)?.bytes ?? 0;
    kept.delete(name);
  };
  return {
    keep: (key, payload) => {
      const name = nameOf(key);
      dropName(name);
      const size = sizeOf(payload);
      if (size > maxBytes) return;
      kept.set(name, { payload, bytes: size });
      bytes += size;
      for (const oldest of kept.keys()) {
        if (bytes <= maxBytes) return;
        dropName(oldest);
      }
    },
    find: (key) => kept.get(nameOf(key))?.payload ?? null,
    drop: (key) => dropName(nameOf(key)),
  };
}

function nameOf({ orderingKey, source, eventId }: EventKey): string {
  return `${orderingKey}\n${source}\n${eventId}`;
}

/** Of a body that is a part of something larger, all of that: it is what stays in memory. */
function sizeOf({ headers, body }: EventPayload): number {
  let size = body.buffer.byteLength;
  for (const [name, value] of Object.entries(headers)) size += name.length + value.length;
  return size;
}
