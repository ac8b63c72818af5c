// Issues in memory, made of the journal in memory when they are asked for: what is dead or held now, by its cause. How the real ones
// come about and come back, the tests of D1 show.

import { codeOf, reasonOf } from '../../src/core/delivery-filter.ts';
import { type AccessView, seesDelivery } from '../../src/core/identity/access-view.ts';
import {
  formatIssueId,
  type Issue,
  type IssueSource,
  issueActs,
  mayAct,
  totalsOf,
} from '../../src/core/issues/issue.ts';
import type { DeliveryView } from '../../src/core/sequencer/messages.ts';
import type { Issues } from '../../src/pipeline/issue-ports.ts';
import type { JournalReader } from '../../src/pipeline/ports.ts';

type Standing = Pick<Issue, 'state' | 'stateAt' | 'stateBy' | 'note'>;

export function createMemoryIssues(journal: JournalReader): Issues {
  const numbers = new Map<string, number>();
  const standings = new Map<string, Standing>();
  const all = async (view: AccessView): Promise<readonly Issue[]> => {
    const filter = { status: ['dead_lettered', 'held'] } as const;
    const { views } = await journal.list({ filter, cursor: null, limit: 10_000 });
    const found = new Map<string, Issue>();
    for (const each of [...views].reverse()) {
      const { target, operation, state } = each.delivery;
      const { source } = each.event;
      const cause = { target, operation, reason: reasonOf(state) ?? '', code: codeOf(state) ?? '' };
      const key = Object.values(cause).join('\n');
      if (!numbers.has(key)) numbers.set(key, numbers.size + 1);
      if (!seesDelivery(view, { source, operation, target })) continue;
      const id = formatIssueId(numbers.get(key) ?? 0);
      const open: Standing = { state: 'open', stateAt: atOf(each), stateBy: null, note: null };
      const sources = addTo(found.get(key)?.sources ?? [], each);
      found.set(key, { id, ...cause, ...(standings.get(id) ?? open), reopenedCount: 0, sources });
    }
    return [...found.values()].sort((a, b) => placeOf(b) - placeOf(a));
  };
  return {
    list: async ({ states, cause, view, before, limit }) =>
      (await all(view))
        .filter((issue) => states === null || states.includes(issue.state))
        .filter((issue) => Object.entries(cause).every(([name, value]) => Reflect.get(issue, name) === value))
        .filter((issue) => before === null || totalsOf(issue.sources).lastSeenAt < before.lastSeenAt)
        .slice(0, limit),
    find: async (id, view) => (await all(view)).find((issue) => issue.id === id) ?? null,
    act: async (id, { act, at, by, note }) => {
      if (!mayAct(act, standings.get(id)?.state ?? 'open')) return false;
      standings.set(id, { state: issueActs[act].to, stateAt: at, stateBy: by, note });
      return true;
    },
    forget: async () => 0,
  };
}

function placeOf({ sources }: Issue): number {
  return totalsOf(sources).lastSeenAt;
}

function atOf({ delivery: { state } }: DeliveryView): number {
  return 'at' in state ? state.at : 0;
}

function addTo(sources: readonly IssueSource[], view: DeliveryView): readonly IssueSource[] {
  const { source } = view.event;
  const at = atOf(view);
  const known = sources.find((each) => each.source === source);
  const message = 'message' in view.delivery.state ? view.delivery.state.message : null;
  const added: IssueSource = {
    source,
    firstSeenAt: Math.min(known?.firstSeenAt ?? at, at),
    lastSeenAt: Math.max(known?.lastSeenAt ?? at, at),
    count: (known?.count ?? 0) + 1,
    openCount: (known?.openCount ?? 0) + 1,
    lastDeliveryId: view.delivery.id,
    message,
  };
  return [...sources.filter((each) => each.source !== source), added];
}
