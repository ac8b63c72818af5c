// The ordering key and the operation key: how they are written so that no part of one can forge another.
// Pure. They stand in primary keys, prefix scans, logs and ERP fields: printable ASCII, bounded, one form for ever.

import { sha256Hex } from './sha256.ts';
import type { Entity } from './source.ts';

/** Characters of an ordering key: leaves as many for the rest of an operation key. */
export const maxOrderingKeyLength = 256;

/** Characters of an operation key: the longest reference field an adapter has to put it into. */
export const maxOperationKeyLength = 512;

/** `~` and the hex of a SHA-256. */
const digestLength = 65;

/** Percent-encodes `/`, `%`, spaces, controls and everything that is not ASCII. The text must be well-formed Unicode. */
export function encodeKeyPart(part: string): string {
  return part.replace(/[^\x21-\x24\x26-\x2e\x30-\x7e]+/g, encodeURIComponent);
}

/** Kinds of entities may not take the first part of a key without one. */
export const reservedEntityKind = 'event';

/** `order/1001`; without an entity `event/{source}/{eventId}`. Ids beyond the bound keep their beginning and a digest. */
export function orderingKeyOf(event: {
  readonly source: string;
  readonly eventId: string;
  readonly entity: Entity | null;
}): string {
  const { entity, source, eventId } = event;
  const parts = entity === null ? [reservedEntityKind, source, eventId] : [entity.kind, entity.id];
  return bounded(parts.map(encodeKeyPart).join('/'), maxOrderingKeyLength);
}

/**
 * `{orderingKey}/{target}/{operation}[/{subject}[/{version}]]`, at most 512 characters where the ordering key is within
 * its own bound. The ordering key always stands whole in front: the ledger is scanned by it.
 */
export function operationKeyOf(key: {
  readonly orderingKey: string;
  readonly target: string;
  readonly operation: string;
  readonly subject?: string | undefined;
  readonly version?: string | undefined;
}): string {
  const parts = [key.target, key.operation, key.subject, key.version].filter((part) => part !== undefined);
  const head = `${key.orderingKey}/`;
  return (
    head +
    bounded(parts.map(encodeKeyPart).join('/'), Math.max(maxOperationKeyLength - head.length, digestLength))
  );
}

/** The operation key of one record of a batch: the batch's, then the record. */
export function recordKeyOf(operationKey: string, recordId: string): string {
  return bounded(`${operationKey}/${encodeKeyPart(recordId.toWellFormed())}`, maxOperationKeyLength);
}

/** Of a state that is set once more by force: another operation than the first, so that ledger and ERP take it for one. */
export function forcedKeyOf(operationKey: string, deliveryId: string): string {
  return bounded(`${operationKey}/${deliveryId}`, maxOperationKeyLength);
}

/**
 * A text that reaches `length` is cut and ends in the digest of the whole: exactly `length` long, which no text that
 * was left alone is. So the two kinds cannot meet, and two cut ones only where SHA-256 collides.
 */
function bounded(text: string, length: number): string {
  if (text.length < length) return text;
  return `${text.slice(0, length - digestLength)}~${sha256Hex(text)}`;
}
