// An act on all that matches: the plan first (how many, of which causes, the oldest), then reason and rate, then the job with its
// progress. The relay does it, whether or not this page stays open.

import { useState } from 'preact/hooks';
import { type Failed, post } from '../api.ts';
import { inWords } from '../format.ts';
import { DoOrLeave, Refused, Terms } from '../parts/act-dialog.tsx';
import { BulkProgress } from '../parts/bulk-progress.tsx';
import { Dialog, useOpener } from '../parts/dialog.tsx';
import { ChoiceField } from '../parts/fields.tsx';
import { Empty, Failure, Table, Time } from '../parts/parts.tsx';
import { useLoading } from '../use-load.ts';
import type { BulkAct as Act, BulkJob, BulkPlan, Filter } from '../wire-bulk.ts';
import { type BulkActRow, bulkActOf, bulkActsFor } from './bulk-acts.ts';

type BulkProps = {
  /** Without its status: each act takes one. */
  readonly filter: Filter;
  /** Of what is looked at. */
  readonly statuses: readonly string[];
  readonly done?: () => void;
};

/** As the API takes them: deliveries a second, and characters of a reason. */
const rate = { usual: 10, most: 50 } as const;
const maxReason = 500;

export function BulkAct({ filter, statuses, done = () => {} }: BulkProps) {
  // Kept as they were when it was opened: what is done may leave nothing that matches, and the dialog says so.
  const [opened, setOpened] = useState<readonly BulkActRow[] | null>(null);
  const button = useOpener();
  const offered = bulkActsFor(statuses);
  const first = offered[0];
  const close = () => {
    setOpened(null);
    done();
  };
  return (
    <>
      {first === undefined ? null : (
        <button ref={button} type="button" class="primary" onClick={() => setOpened(offered)}>
          {first.name} all that match …
        </button>
      )}
      {opened === null ? null : (
        <Dialog title="All that match" opener={button} close={close} isWide>
          <Steps filter={filter} acts={opened} close={close} />
        </Dialog>
      )}
    </>
  );
}

type StepsProps = {
  readonly filter: Filter;
  readonly acts: readonly BulkActRow[];
  readonly close: () => void;
};

function Steps({ filter, acts, close }: StepsProps) {
  const [act, setAct] = useState<Act>(acts[0]?.act ?? 'replay');
  const [job, setJob] = useState<BulkJob | null>(null);
  if (job !== null)
    return (
      <>
        <BulkProgress started={job} />
        <Buttons close={close} name="Close" />
      </>
    );
  return (
    <>
      {acts.length === 1 ? null : (
        <ChoiceField
          label="Act"
          value={act}
          set={(value) => setAct(value as Act)}
          choices={acts.map((row) => ({ value: row.act, label: row.name }))}
        />
      )}
      <Planned key={act} filter={filter} act={act} started={setJob} close={close} />
    </>
  );
}

function Buttons({ close, name }: { readonly close: () => void; readonly name: string }) {
  return (
    <div class="buttons">
      <button type="button" class="primary" onClick={close}>
        {name}
      </button>
    </div>
  );
}

type PlannedProps = {
  readonly filter: Filter;
  readonly act: Act;
  readonly started: (job: BulkJob) => void;
  readonly close: () => void;
};

function Planned({ filter, act, started, close }: PlannedProps) {
  const [load] = useState(() => () => post<BulkPlan>('/admin/replays/plan', { filter, act }));
  const { value: plan, failed, reload } = useLoading<BulkPlan>(act, load, false);
  if (plan === null)
    return failed === null ? (
      <>
        <p role="status">Counting what matches …</p>
        <Buttons close={close} name="Close" />
      </>
    ) : (
      <>
        <Failure failed={failed} reload={reload} />
        <Buttons close={close} name="Close" />
      </>
    );
  if (plan.count === 0)
    return (
      <>
        <Empty>Nothing matches that {act === 'release' ? 'is held' : 'is a dead letter'}.</Empty>
        <Buttons close={close} name="Close" />
      </>
    );
  return <Form filter={filter} act={act} plan={plan} started={started} close={close} />;
}

type FormProps = PlannedProps & { readonly plan: BulkPlan };

function Form({ filter, act, plan, started, close }: FormProps) {
  const { name, says, scope, undo } = bulkActOf(act);
  const [reason, setReason] = useState('');
  const [ratePerSecond, setRate] = useState<number>(rate.usual);
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Failed | null>(null);
  const start = async (event: Event) => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    const as = act === 'resolve' ? { as: 'done' } : {};
    const body = { filter, act, reason: reason.trim(), ratePerSecond, ...as };
    const answer = await post<BulkJob>('/admin/replays', body);
    setBusy(false);
    if (answer.kind === 'ok') started(answer.value);
    else setRefused(answer);
  };
  return (
    <form onSubmit={start}>
      <PlanPart plan={plan} says={says} />
      <div class="fields">
        <label>
          Reason, for the audit
          <input
            value={reason}
            required
            maxLength={maxReason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
        <label>
          A second, at most
          <input
            type="number"
            min={1}
            max={rate.most}
            required
            value={ratePerSecond}
            onInput={(event) => setRate(Number(event.currentTarget.value))}
          />
        </label>
      </div>
      <p class="quiet">
        At this rate it takes about {inWords(Math.ceil(plan.count / Math.max(1, ratePerSecond)))}. The relay
        does it, whether or not this page stays open.
      </p>
      <Terms scope={scope} undo={undo} />
      {refused === null ? null : <Refused failed={refused} />}
      <DoOrLeave name={isBusy ? 'Starting …' : `${name}: ${plan.count}`} isBusy={isBusy} close={close} />
    </form>
  );
}

function PlanPart({ plan, says }: { readonly plan: BulkPlan; readonly says: string }) {
  const { count, groups, otherGroupCount, oldestReceivedAt, sample } = plan;
  return (
    <>
      <p>
        <strong>{count}</strong> {count === 1 ? 'delivery' : 'deliveries'} {says}
        {oldestReceivedAt === null ? null : (
          <>
            {' '}
            The oldest came <Time at={oldestReceivedAt} />.
          </>
        )}
      </p>
      <Table
        caption="What it touches"
        head={['Operation', 'Target', 'Cause', 'How many']}
        rows={groups.map(({ operation, target, code, reason, count: of }) => ({
          key: `${operation} ${target} ${code} ${reason}`,
          cells: [operation, target, code ?? reason ?? '', String(of)],
        }))}
      />
      {otherGroupCount === 0 ? null : <p class="quiet">And {otherGroupCount} further causes.</p>}
      <details>
        <summary>The oldest {sample.length}</summary>
        <ul class="plain">
          {sample.map(({ id, event, message }) => (
            <li key={id}>
              <strong>{event.orderingKey}</strong> {event.type}: {message}
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}
