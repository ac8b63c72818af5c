// The sources and targets that fields are chosen from, as far as the key may see them; none while they are not there.

import { can } from './session.ts';
import { useLoad } from './use-load.ts';
import type { Source, Target } from './wire-relay.ts';

export function useKnownSources(): readonly Source[] {
  const path = can('sources:read') ? '/admin/sources' : null;
  return useLoad<{ readonly sources: readonly Source[] }>(path, { isLive: false }).value?.sources ?? [];
}

export function useKnownTargets(): readonly Target[] {
  const path = can('targets:read') ? '/admin/targets' : null;
  return useLoad<{ readonly targets: readonly Target[] }>(path, { isLive: false }).value?.targets ?? [];
}
