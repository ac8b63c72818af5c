// A change feed of an ERP: what changed there since a cursor, as events. For ERPs that send nothing themselves, or not all.
// Pure types and rules; the connection an adapter gets does the I/O.

import type { AdapterFailure, ErpConnection } from './erp.ts';
import type { JsonObject } from './json.ts';
import type { SignatureScheme } from './signature/scheme.ts';
import type { OpenTopics, SourcePreset } from './source.ts';
import { definePreset } from './sources/define-preset.ts';
import type { TargetDefinition } from './target.ts';

export type Change = {
  /** Event type, e.g. `sale.order.changed`. */
  readonly type: string;
  /** What it is about: the first part of the ordering key. */
  readonly entity: { readonly kind: string; readonly id: string };
  /** The same for one state of one record: with it the same change is the same event, however often it is read. */
  readonly version: string;
  /** ISO 8601. */
  readonly changedAt: string;
  /** Whether the relay made it: such a change is no event. */
  readonly isOwn: boolean;
  readonly document: JsonObject;
};

export type ChangeQuery = {
  /** One of the feed's kinds. */
  readonly kind: string;
  /** As the last page gave it; null: from now on, so the answer holds no change. */
  readonly cursor: string | null;
  /** Epoch ms: what changed later is left for the next page, for it may change again within the ERP's finest time. */
  readonly until: number;
  readonly limit: number;
};

/** `isLast`: there is no more for now. The cursor covers the changes of this page. */
export type ChangePage = {
  readonly kind: 'changes';
  readonly changes: readonly Change[];
  readonly cursor: string;
  readonly isLast: boolean;
};

export type ChangeFeed = {
  readonly kinds: readonly string[];
  /** Reads only. */
  list(erp: ErpConnection, query: ChangeQuery): Promise<ChangePage | AdapterFailure>;
};

/** Of a source definition: the ERP that is watched. */
export type WatchStep = {
  readonly target: TargetDefinition;
  readonly kinds: readonly string[];
  /** Between two looks, ms. */
  readonly everyMs: number;
};

/** Nobody posts to a watched source: whatever arrives there is refused. */
const noScheme: SignatureScheme = {
  name: 'watch',
  headers: [],
  needsUrl: false,
  secretProblem: () => null,
  verify: async () => ({ ok: false, reason: 'not_ours', header: null }),
};

/** Reads a change as an event. The id is what the change means, so a change that is read twice is one event. */
export const watchPreset: SourcePreset<OpenTopics> = definePreset({
  name: 'watch',
  scheme: noScheme,
  id: { digest: [{ path: 'type' }, { path: 'entity' }, { path: 'version' }] },
  type: { path: 'type' },
  entity: { kind: { path: 'entity.kind' }, id: { path: 'entity.id' } },
  occurredAt: { path: 'changedAt' },
  version: { path: 'version' },
});
