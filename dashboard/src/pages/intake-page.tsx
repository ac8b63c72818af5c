// One intake with its items: what became of each, and why one is dead. Dead items are fetched again or given up, all at once.

import { post } from '../api.ts';
import { words } from '../format.ts';
import { ActButton } from '../parts/act-dialog.tsx';
import { Badge, Facts, Failure, Show, Table, Time } from '../parts/parts.tsx';
import { linkTo } from '../route.ts';
import { useLoad } from '../use-load.ts';
import type { Intake, IntakeItem } from '../wire-relay.ts';

export function IntakePage({ id }: { readonly id: string }) {
  const loaded = useLoad<Intake>(`/admin/intakes/${encodeURIComponent(id)}`);
  return (
    <>
      <p>
        <a href={linkTo('intakes')}>← Intakes</a>
      </p>
      <h1>{id}</h1>
      {loaded.value !== null && loaded.failed?.kind === 'problem' ? <Failure failed={loaded.failed} /> : null}
      <Show loaded={loaded}>{(intake) => <Told intake={intake} reload={loaded.reload} />}</Show>
    </>
  );
}

function Told({ intake, reload }: { readonly intake: Intake; readonly reload: () => void }) {
  const { source, requestId, receivedAt, finishedAt, events } = intake;
  const deadCount = events.filter(({ status }) => status === 'dead').length;
  return (
    <>
      {deadCount === 0 ? null : <IntakeActs intake={intake} deadCount={deadCount} done={reload} />}
      <Facts
        rows={[
          ['Source', source],
          ['Request', <code key="r">{requestId}</code>],
          ['Received', <Time key="t" at={receivedAt} isExact />],
          ['Done', finishedAt === null ? 'not yet' : <Time key="f" at={finishedAt} isExact />],
        ]}
      />
      <Table
        caption="Items of the intake"
        head={['Status', 'Event', 'Type', 'What is known']}
        rows={events.map((item) => ({ key: item.id, cells: cellsOf(item, source) }))}
      />
    </>
  );
}

function cellsOf(item: IntakeItem, source: string) {
  const { status, eventId, type, id } = item;
  const isEvent = status === 'accepted' || status === 'duplicate';
  return [
    <Badge key="s" word={status} />,
    isEvent && eventId !== null ? (
      <a key="e" href={linkTo('deliveries', null, { source, eventId })}>
        {eventId}
      </a>
    ) : (
      (eventId ?? id)
    ),
    type ?? '',
    whatIsKnown(item),
  ];
}

function whatIsKnown({
  status,
  reason,
  message,
  field,
  rule,
  failureCount,
  actor,
  note,
}: IntakeItem): string {
  switch (status) {
    case 'rejected':
      return [words(reason ?? ''), field, rule].filter(Boolean).join(' ');
    case 'dead':
      return `${words(reason ?? '')}, failed ${times(failureCount)}: ${message}`;
    case 'enriching':
      return failureCount === 0 ? 'its record is fetched' : `failed ${times(failureCount)}: ${message ?? ''}`;
    case 'dropped':
      return `given up by ${actor}: ${note}`;
    default:
      return '';
  }
}

function times(count = 0): string {
  return count === 1 ? 'once' : `${count} times`;
}

type ActsProps = { readonly intake: Intake; readonly deadCount: number; readonly done: () => void };

function IntakeActs({ intake: { id, source }, deadCount, done }: ActsProps) {
  const to = (act: string, note: string) => post(`/admin/intakes/${encodeURIComponent(id)}/${act}`, { note });
  const items = `${deadCount} dead item${deadCount === 1 ? '' : 's'}`;
  return (
    <div class="acts" role="group" aria-label="Acts">
      <ActButton
        name="Fetch again"
        scope="deliveries:manage"
        says={
          <p>
            The records of {items} are fetched from {source} again, and become events like all others. Do it
            after the cause was mended.
          </p>
        }
        undo="What is claimed by then is a delivery: skip that. Nothing is done twice."
        run={(note) => to('retry', note)}
        done={done}
      />
      <ActButton
        name="Give up"
        scope="deliveries:manage"
        says={<p>{items} shall not be done: they never become events.</p>}
        undo="It cannot be undone here; the sender has to send them again."
        run={(note) => to('drop', note)}
        done={done}
        isDangerous
      />
    </div>
  );
}
