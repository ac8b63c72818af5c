// Compares a range of time with what the sender lists: first to look, then to bring in what is missing. A long range goes on
// by the answer's cursor, so it can be stopped between two calls. Reads nothing of the sender itself.

import { useRef, useState } from 'preact/hooks';
import { describe, post } from '../api.ts';
import { Terms } from '../parts/act-dialog.tsx';
import { Dialog, useOpener } from '../parts/dialog.tsx';
import { TextField } from '../parts/fields.tsx';
import { MissingEvents } from '../parts/missing-events.tsx';
import { can } from '../session.ts';
import type { Reconciled } from '../wire-relay.ts';

const scope = 'sources:reconcile';
const dayMs = 86_400_000;

type RangeProps = { readonly source: string; readonly done: () => void };

export function ReconcileRange({ source, done }: RangeProps) {
  const [isOpen, setOpen] = useState(false);
  const button = useOpener();
  if (!can(scope)) return null;
  const close = () => {
    setOpen(false);
    done();
  };
  return (
    <div class="acts">
      <button
        ref={button}
        type="button"
        onClick={() => setOpen(true)}
        aria-label={`Compare a range of ${source} …`}
      >
        Compare a range …
      </button>
      {isOpen ? (
        <Dialog title={`Compare a range of ${source}`} opener={button} close={close} isWide>
          <Range source={source} close={close} />
        </Dialog>
      ) : null}
    </div>
  );
}

/** As a field of a form holds it: local time, to the minute. */
function toField(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

type State =
  | { readonly kind: 'ready' }
  | { readonly kind: 'running'; readonly so: Reconciled | null }
  | { readonly kind: 'ended'; readonly found: Reconciled; readonly isWhole: boolean }
  | { readonly kind: 'failed'; readonly says: string };

function Range({ source, close }: { readonly source: string; readonly close: () => void }) {
  const [from, setFrom] = useState(toField(Date.now() - dayMs));
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const [state, setState] = useState<State>({ kind: 'ready' });
  const isStopped = useRef(false);
  const run = async (dryRun: boolean) => {
    isStopped.current = false;
    setState({ kind: 'running', so: null });
    const range = {
      from: new Date(from).toISOString(),
      ...(to === '' ? {} : { to: new Date(to).toISOString() }),
    };
    const asked = { source, body: { ...range, dryRun, reason: reason.trim() } };
    setState(
      await compare(asked, {
        isStopped: () => isStopped.current,
        tell: (so) => setState({ kind: 'running', so }),
      }),
    );
  };
  const isBusy = state.kind === 'running';
  const bring = (event: Event) => {
    event.preventDefault();
    const pressed = event instanceof SubmitEvent ? event.submitter?.getAttribute('value') : null;
    void run(pressed !== 'bring');
  };
  return (
    <form onSubmit={bring}>
      <p>
        What {source} lists in the range is compared with what came. A look changes nothing; bringing in
        claims what is missing as events, and whatever was done by hand meanwhile is found and not done twice.
      </p>
      <div class="fields">
        <TextField label="From" type="datetime-local" value={from} set={setFrom} isNeeded />
        <TextField label="To (empty: now)" type="datetime-local" value={to} set={setTo} />
      </div>
      <TextField label="Reason, for the audit" value={reason} set={setReason} isNeeded />
      <Terms scope={scope} undo="A look changes nothing. What was brought in is a delivery: skip it." />
      <Outcome state={state} />
      <div class="buttons">
        {isBusy ? (
          <button
            type="button"
            onClick={() => {
              isStopped.current = true;
            }}
          >
            Stop
          </button>
        ) : (
          <button type="button" onClick={close}>
            Close
          </button>
        )}
        <button type="submit" value="look" disabled={isBusy}>
          Look what is missing
        </button>
        <button type="submit" value="bring" class="primary" disabled={isBusy}>
          Bring in what is missing
        </button>
      </div>
    </form>
  );
}

type Asked = { readonly source: string; readonly body: Readonly<Record<string, unknown>> };
type Watch = { readonly isStopped: () => boolean; readonly tell: (so: Reconciled) => void };

async function compare({ source, body }: Asked, { isStopped, tell }: Watch): Promise<State> {
  let sum: Reconciled | null = null;
  let cursor: string | null = null;
  do {
    const answer: Awaited<ReturnType<typeof post<Reconciled>>> = await post<Reconciled>(
      `/admin/sources/${encodeURIComponent(source)}/reconcile`,
      { ...body, ...(cursor === null ? {} : { cursor }) },
    );
    if (answer.kind !== 'ok') return { kind: 'failed', says: describe(answer) };
    sum = add(sum, answer.value);
    cursor = answer.value.cursor;
    tell(sum);
  } while (cursor !== null && !isStopped());
  return { kind: 'ended', found: sum, isWhole: cursor === null };
}

function add(before: Reconciled | null, now: Reconciled): Reconciled {
  if (before === null) return now;
  return {
    ...now,
    listedCount: before.listedCount + now.listedCount,
    heldCount: before.heldCount + now.heldCount,
    missingCount: before.missingCount + now.missingCount,
    unreadableCount: before.unreadableCount + now.unreadableCount,
    missing: [...before.missing, ...now.missing].slice(0, 100),
  };
}

function Outcome({ state }: { readonly state: State }) {
  if (state.kind === 'ready') return null;
  if (state.kind === 'failed')
    return (
      <p class="notice bad" role="alert">
        {state.says}
      </p>
    );
  if (state.kind === 'running')
    return (
      <p role="status">
        Asking the sender … {state.so === null ? '' : `${state.so.listedCount} listed so far.`}
      </p>
    );
  const { found, isWhole } = state;
  return (
    <>
      <p class={`notice ${found.missingCount === 0 ? 'good' : 'warn'}`} role="status">
        {found.listedCount} listed, {found.heldCount} held, <strong>{found.missingCount} missing</strong>
        {found.dryRun || found.missingCount === 0 ? '' : ': brought in'}.
        {isWhole ? '' : ' Stopped before the end of the range.'}
      </p>
      <MissingEvents run={found} />
    </>
  );
}
