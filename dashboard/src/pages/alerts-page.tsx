// Alerts, the open ones first, and their acknowledgement with a note. An alert ends when its cause does.

import { post } from '../api.ts';
import { ActButton } from '../parts/act-dialog.tsx';
import { Badge, Empty, Failure, Show, Time } from '../parts/parts.tsx';
import { useLoad } from '../use-load.ts';
import type { Alert } from '../wire.ts';

type AlertList = { readonly alerts: readonly Alert[] };

export function AlertsPage() {
  const open = useLoad<AlertList>('/admin/alerts?status=open&limit=100');
  const resolved = useLoad<AlertList>('/admin/alerts?status=resolved&limit=50');
  return (
    <>
      <h1>Alerts</h1>
      {open.value !== null && open.failed?.kind === 'problem' ? <Failure failed={open.failed} /> : null}
      <section aria-label="Open alerts">
        <h2>Open</h2>
        <Show loaded={open}>
          {({ alerts }) => <List alerts={alerts} done={open.reload} nothing="No alert is open." />}
        </Show>
      </section>
      <section aria-label="Resolved alerts">
        <h2>Resolved</h2>
        <Show loaded={resolved}>
          {({ alerts }) => <List alerts={alerts} done={resolved.reload} nothing="None yet." />}
        </Show>
      </section>
    </>
  );
}

function List({
  alerts,
  done,
  nothing,
}: {
  readonly alerts: readonly Alert[];
  readonly done: () => void;
  readonly nothing: string;
}) {
  if (alerts.length === 0) return <Empty>{nothing}</Empty>;
  return (
    <ul class="cards">
      {alerts.map((alert) => (
        <li key={alert.id} class="card">
          <AlertCard alert={alert} done={done} />
        </li>
      ))}
    </ul>
  );
}

function AlertCard({ alert, done }: { readonly alert: Alert; readonly done: () => void }) {
  const { id, severity, title, summary, cause, count, openedAt, resolvedAt, acknowledged, status } = alert;
  const run = (note: string) => post(`/admin/alerts/${encodeURIComponent(id)}/acknowledge`, { note });
  const says = (
    <p>
      Somebody looks after “{title}” ({cause}): nobody is reminded of it any more. It ends when its cause
      does.
    </p>
  );
  return (
    <>
      <h3>
        <Badge word={severity} /> {title}
      </h3>
      <p>{summary}</p>
      <p class="quiet">
        {cause} · seen {count} time{count === 1 ? '' : 's'} · opened <Time at={openedAt} />
        {resolvedAt === null ? null : (
          <>
            , over since <Time at={resolvedAt} />
          </>
        )}
      </p>
      {acknowledged === null ? null : (
        <p>
          {acknowledged.by} looks after it: {acknowledged.note}
        </p>
      )}
      {status === 'open' && acknowledged === null ? (
        <ActButton
          name="Acknowledge"
          scope="alerts:manage"
          says={says}
          undo="It need not be undone: when its cause ends and comes again, it is told again."
          run={run}
          done={done}
        />
      ) : null}
    </>
  );
}
