// What a block of the journal can be found by: a short hash of each value its events and deliveries have, in one text. A filter whose
// hashes it does not hold matches nothing in it. Two values of one hash only mean that a block is read for nothing. Pure.

import { reasonOf } from '../../core/delivery-filter.ts';
import type { AccessView } from '../../core/identity/access-view.ts';
import type { DeliveryFilter } from '../../core/sequencer/messages.ts';
import type { EventRecord } from '../../core/sequencer/record.ts';

type Kind = 'source' | 'type' | 'eventId' | 'status' | 'reason' | 'operation' | 'target' | 'route';

/** Each term once: a space and eight hex digits. */
export function toSearchText(records: readonly EventRecord[]): string {
  const terms = new Set<string>();
  const add = (kind: Kind, value: string | null): void => {
    if (value !== null) terms.add(termOf(kind, value));
  };
  for (const { event, deliveries } of records) {
    add('source', event.source);
    add('type', event.type);
    add('eventId', event.eventId);
    for (const { state, operation, target, routeId } of deliveries) {
      add('status', state.status);
      add('reason', reasonOf(state));
      add('operation', operation);
      add('target', target);
      add('route', routeId);
    }
  }
  return [...terms].join('');
}

/** Lists of terms: of each list one has to be there. */
export function termsOf(filter: DeliveryFilter): readonly (readonly string[])[] {
  const { status, view, ...rest } = filter;
  const kinds = ['source', 'type', 'eventId', 'reason', 'operation', 'target', 'route'] as const;
  const single = kinds.flatMap((kind) => {
    const value = rest[kind];
    return value === undefined ? [] : [[termOf(kind, value)]];
  });
  const byStatus = status === undefined ? [] : [status.map((each) => termOf('status', each))];
  return [...single, ...byStatus, ...termsOfView(view)];
}

function termsOfView(view: AccessView | undefined): readonly (readonly string[])[] {
  const { sources, grants } = view ?? { sources: null, grants: null };
  const isAnyTarget = grants === null || grants.some(({ target }) => target === '*');
  return [
    ...(sources === null ? [] : [sources.map((source) => termOf('source', source))]),
    ...(isAnyTarget ? [] : [grants.map(({ target }) => termOf('target', target))]),
  ];
}

/** FNV-1a over UTF-16 code units, 32 bits: cheap, and good enough for what is looked at again. */
function termOf(kind: Kind, value: string): string {
  const text = `${kind} ${value}`;
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return ` ${(hash >>> 0).toString(16).padStart(8, '0')}`;
}
