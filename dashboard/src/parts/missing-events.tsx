// What a sender listed and the relay had not got: each event with its ordering key, under which it was brought in. Shows what a
// run says; asks nothing.

import { linkTo } from '../route.ts';
import type { ReconcileRun } from '../wire-relay.ts';
import { Table } from './parts.tsx';

export function MissingEvents({ run: { missing, missingCount } }: { readonly run: ReconcileRun }) {
  if (missing.length === 0) return null;
  return (
    <details open={missing.length <= 5}>
      <summary>
        What was missing
        {missingCount > missing.length ? ` (the first ${missing.length} of ${missingCount})` : ''}
      </summary>
      <Table
        caption="Events that never came"
        head={['Event', 'Type', 'Ordering key']}
        rows={missing.map(({ eventId, type, orderingKey }) => ({
          key: `${type} ${eventId}`,
          cells: [
            eventId,
            type,
            <a key="k" href={linkTo('deliveries', null, { orderingKey })}>
              {orderingKey}
            </a>,
          ],
        }))}
      />
    </details>
  );
}
