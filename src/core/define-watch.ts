// defineWatch: a source of an ERP's changes, read by the relay. Its routes are written like those of any source. Checks
// nothing at run time: compile-integrations.ts does.

import type { Source } from './define-integration.ts';
import type { Grant } from './identity/access-view.ts';
import type { JsonObject } from './json.ts';
import { limits } from './limits.ts';
import type { OpenTopics } from './source.ts';
import type { TargetDefinition } from './target.ts';
import { watchPreset } from './watch.ts';

/** What a mapping sees. */
export type ChangePayload<Document extends JsonObject = JsonObject> = JsonObject & {
  readonly entity: { readonly kind: string; readonly id: string };
  readonly version: string;
  readonly changedAt: string;
  readonly document: Document;
};

/** `kinds`: what of the ERP is watched, of those its adapter names. `everyMs`: default 0, every run of the schedule. */
export function defineWatch(watch: {
  readonly id: string;
  readonly target: TargetDefinition;
  readonly kinds: readonly string[];
  readonly everyMs?: number;
  /** What it may run, at most, as of any source. */
  readonly grants?: readonly Grant[];
}): Source<{ readonly [type in keyof OpenTopics]: ChangePayload }> {
  const { id, target, kinds, everyMs = limits.watchEveryMs.least, grants } = watch;
  return {
    ...{ id, preset: watchPreset, secretVariable: '', previousSecretVariable: '' },
    watch: { target, kinds, everyMs },
    ...(grants === undefined ? {} : { grants }),
  };
}
