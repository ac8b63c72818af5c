// An issue as the admin API shows it: its cause, its state, and totals over the sources the caller sees. Who said what of it may be
// about other sources: to a caller who sees a part only, it is not told.

import { type Issue, totalsOf } from '../core/issues/issue.ts';
import { isNarrowed, type Viewer, without } from './access/redact.ts';
import { toIso } from './to-wire.ts';

export function toWireIssue(issue: Issue, viewer: Viewer) {
  const { id, target, operation, reason, code, state, stateAt, stateBy, note, reopenedCount } = issue;
  const { firstSeenAt, lastSeenAt, count, openCount, lastDeliveryId, message } = totalsOf(issue.sources);
  const shown = {
    id,
    target,
    operation,
    reason,
    code: code === '' ? null : code,
    state,
    stateSince: toIso(stateAt),
    stateBy,
    note,
    reopenedCount,
    firstSeenAt: toIso(firstSeenAt),
    lastSeenAt: toIso(lastSeenAt),
    count,
    openCount,
    message,
    lastDeliveryId,
    sources: issue.sources
      .map((each) => ({
        source: each.source,
        count: each.count,
        openCount: each.openCount,
        firstSeenAt: toIso(each.firstSeenAt),
        lastSeenAt: toIso(each.lastSeenAt),
      }))
      .sort((a, b) => (a.source < b.source ? -1 : 1)),
  };
  if (!isNarrowed(viewer)) return { ...shown, redacted: [] as readonly string[] };
  const { rest, redacted } = without(shown, ['stateBy', 'note', 'reopenedCount']);
  return { ...rest, redacted };
}
