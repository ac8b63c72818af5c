// Replay of all dead letters that match: first what it will touch, then a job of the relay with its progress, which can be stopped and
// goes on without this page. What the ERP had done already it answers from the ledger.

import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, describe, post } from '../api.ts';
import { Dialog } from '../parts/act-dialog.tsx';
import { Table } from '../parts/parts.tsx';
import type { Delivery, DeliveryPage } from '../wire.ts';

type Filter = Readonly<Record<string, string>>;

/** From one look at the job to the next, ms: it goes on once a second. */
const lookEveryMs = 500;
/** As many as one plan counts; the rest is another plan. */
const maxPlanned = 1_000;

export function BulkReplay({ filter }: { readonly filter: Filter }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="primary" onClick={() => setOpen(true)}>
        Replay all that match …
      </button>
      {isOpen ? (
        <Dialog title="Replay dead letters" close={() => setOpen(false)} isWide>
          <Plan filter={filter} close={() => setOpen(false)} />
        </Dialog>
      ) : null}
    </>
  );
}

type Planned =
  | { readonly deliveries: readonly Delivery[]; readonly isWhole: boolean }
  | { readonly failed: string };

async function plan(filter: Filter): Promise<Planned> {
  const deliveries: Delivery[] = [];
  let cursor: string | null = null;
  do {
    const at: Filter = cursor === null ? {} : { cursor };
    const query = new URLSearchParams({ ...filter, status: 'dead_lettered', limit: '200', ...at });
    const answer = await ask<DeliveryPage>(`/admin/deliveries?${query}`);
    if (answer.kind !== 'ok') return { failed: describe(answer) };
    deliveries.push(...answer.value.deliveries);
    cursor = answer.value.nextCursor;
  } while (cursor !== null && deliveries.length < maxPlanned);
  return { deliveries: latestOfEachPlace(deliveries), isWhole: cursor === null };
}

/** A replay that failed stands beside what it replayed; the place is replayed once, by the latest. */
function latestOfEachPlace(deliveries: readonly Delivery[]): readonly Delivery[] {
  const replayed = new Set(deliveries.flatMap(({ replay }) => (replay === null ? [] : [replay.of])));
  return deliveries.filter(({ id }) => !replayed.has(id));
}

function Plan({ filter, close }: { readonly filter: Filter; readonly close: () => void }) {
  const [planned, setPlanned] = useState<Planned | null>(null);
  useEffect(() => {
    void plan(filter).then(setPlanned);
  }, []);
  if (planned === null) return <p role="status">Counting what matches …</p>;
  if ('failed' in planned)
    return (
      <p class="notice bad" role="alert">
        {planned.failed}
      </p>
    );
  if (planned.deliveries.length === 0)
    return (
      <>
        <p>No dead letter matches any more.</p>
        <Close close={close} />
      </>
    );
  return <Run planned={planned} filter={filter} close={close} />;
}

function Close({ close }: { readonly close: () => void }) {
  return (
    <div class="buttons">
      <button type="button" class="primary" onClick={close}>
        Close
      </button>
    </div>
  );
}

type RunProps = {
  readonly planned: Extract<Planned, { deliveries: unknown }>;
  readonly filter: Filter;
  readonly close: () => void;
};
type Progress = {
  readonly state: 'ready' | 'running' | 'ended';
  readonly replayed: number;
  readonly refused: number;
  readonly says: string;
};

function Run({ planned, filter, close }: RunProps) {
  const total = planned.deliveries.length;
  const [reason, setReason] = useState('');
  const [progress, setProgress] = useState<Progress>({ state: 'ready', replayed: 0, refused: 0, says: '' });
  const isStopped = useRef(false);
  const start = async (event: Event) => {
    event.preventDefault();
    setProgress({ ...progress, state: 'running' });
    const ended = await replayAll({
      filter,
      reason: reason.trim(),
      isStopped: () => isStopped.current,
      tell: setProgress,
    });
    setProgress(ended);
  };
  const { state, replayed, refused, says } = progress;
  return (
    <form onSubmit={start}>
      <p>
        <strong>{total}</strong> dead letter{total === 1 ? '' : 's'} will be tried again, oldest event first
        {planned.isWhole ? '' : ` (the first ${maxPlanned} counted; then plan again)`}. What was done already
        is not done twice.
      </p>
      <Groups deliveries={planned.deliveries} />
      {state === 'ready' ? (
        <label>
          Reason, for the audit
          <input
            value={reason}
            required
            maxLength={500}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
      ) : (
        <>
          <progress max={total} value={replayed + refused} aria-label="Replayed" />
          <p role="status">
            {replayed} of {total} replayed{refused === 0 ? '' : `, ${refused} refused`}. {says}
          </p>
        </>
      )}
      <div class="buttons">
        {state === 'running' ? (
          <button
            type="button"
            onClick={() => {
              isStopped.current = true;
            }}
          >
            Stop
          </button>
        ) : (
          <button type="button" class={state === 'ended' ? 'primary' : ''} onClick={close}>
            {state === 'ended' ? 'Close' : 'Cancel'}
          </button>
        )}
        {state === 'ready' ? (
          <button type="submit" class="primary">
            Replay {total}
          </button>
        ) : null}
      </div>
    </form>
  );
}

type ReplayAll = {
  readonly filter: Filter;
  readonly reason: string;
  readonly isStopped: () => boolean;
  readonly tell: (progress: Progress) => void;
};
type Job = {
  readonly id: string;
  readonly status: 'running' | 'succeeded' | 'cancelled' | 'failed';
  readonly done: number;
  readonly refused: number;
  readonly problem?: { readonly message: string };
};

const pause = () => new Promise((resolve) => setTimeout(resolve, lookEveryMs));

async function replayAll({ filter, reason, isStopped, tell }: ReplayAll): Promise<Progress> {
  const { status: _, ...rest } = filter;
  const started = await post<Job>('/admin/replays', { filter: rest, reason });
  if (started.kind !== 'ok')
    return { state: 'ended', replayed: 0, refused: 0, says: `${describe(started)} Nothing was replayed.` };
  let job = started.value;
  const path = `/admin/replays/${job.id}`;
  const progress = (state: Progress['state'], says: string): Progress => ({
    ...{ state, replayed: job.done, refused: job.refused, says },
  });
  while (job.status === 'running') {
    await pause();
    const answer = await (isStopped()
      ? post<Job>(`${path}/cancel`, { note: 'stopped from the dashboard' })
      : ask<Job>(path));
    // It goes on without this page: what is not answered now is looked at again.
    if (answer.kind === 'ok') job = answer.value;
    else if (answer.kind === 'problem' && answer.status < 500 && answer.status !== 409)
      return progress('ended', `${describe(answer)} The job goes on.`);
    tell(progress('running', ''));
  }
  return progress('ended', ending(job));
}

function ending({ status, problem }: Job): string {
  if (status === 'succeeded') return 'They run now; what fails again comes back as a dead letter.';
  if (status === 'cancelled' && problem === undefined) return 'Stopped; the rest is as it was.';
  return `It stopped: ${problem?.message ?? status}. The rest is as it was.`;
}

function Groups({ deliveries }: { readonly deliveries: readonly Delivery[] }) {
  const groups = new Map<string, { readonly cells: readonly [string, string, string]; count: number }>();
  for (const { operation, target, code, reason } of deliveries) {
    const cells = [operation, target, code ?? reason ?? ''] as const;
    const group = groups.get(cells.join('\n')) ?? { cells, count: 0 };
    group.count += 1;
    groups.set(cells.join('\n'), group);
  }
  const rows = [...groups].map(([key, { cells, count }]) => ({ key, cells: [...cells, count] }));
  return (
    <Table caption="What it touches" head={['Operation', 'Target', 'Cause', 'Dead letters']} rows={rows} />
  );
}
