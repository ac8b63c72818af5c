// The one way to do something: a dialog that says what will be touched and how it is undone, asks for the note that the audit
// keeps, does it once, and says what came of it. Closing it before changes nothing.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { type Answer, describe, type Failed } from '../api.ts';
import { can } from '../session.ts';
import { Dialog, type Opener, useOpener } from './dialog.tsx';
import { say } from './said.tsx';

export type ActProps = {
  /** On the button and as the dialog's title. */
  readonly name: string;
  readonly scope: string;
  /** What it will touch. */
  readonly says: ComponentChildren;
  /** How it is taken back, or that it cannot be. */
  readonly undo: string;
  readonly run: (note: string) => Promise<Answer<unknown>>;
  readonly done: () => void;
  readonly isNoteNeeded?: boolean;
  readonly isDangerous?: boolean;
  /** Where names repeat on a page, what this one is of. */
  readonly of?: string;
  /** Further fields. */
  readonly children?: ComponentChildren;
};

/** Not offered to a key that may not do it. */
export function ActButton(props: ActProps) {
  const [isOpen, setOpen] = useState(false);
  const button = useOpener();
  const { name, of, scope, isDangerous = false } = props;
  if (!can(scope)) return null;
  return (
    <>
      <button
        ref={button}
        type="button"
        class={isDangerous ? 'danger' : ''}
        onClick={() => setOpen(true)}
        {...(of === undefined ? {} : { 'aria-label': `${name} ${of} …` })}
      >
        {name} …
      </button>
      {isOpen ? <ActDialog {...props} opener={button} close={() => setOpen(false)} /> : null}
    </>
  );
}

/** As the API takes it. */
const maxNote = 1_000;

function ActDialog(props: ActProps & { readonly opener: Opener; readonly close: () => void }) {
  const { name, of, says, undo, run, done, opener, close, children, isNoteNeeded = true, scope } = props;
  const [note, setNote] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Failed | null>(null);
  const act = async (event: Event) => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    const answer = await run(note.trim());
    setBusy(false);
    if (answer.kind !== 'ok') return setRefused(answer);
    close();
    say(`Done: ${name}${of === undefined ? '' : ` ${of}`}.`);
    done();
  };
  return (
    <Dialog title={of === undefined ? name : `${name} ${of}`} opener={opener} close={close}>
      <form onSubmit={act}>
        <div class="says">{says}</div>
        {children}
        <NoteField note={note} setNote={setNote} isNeeded={isNoteNeeded} />
        <Terms scope={scope} undo={undo} />
        {refused === null ? null : <Refused failed={refused} />}
        <DoOrLeave name={isBusy ? 'Working …' : name} isBusy={isBusy} close={close} />
      </form>
    </Dialog>
  );
}

type DoOrLeaveProps = { readonly name: string; readonly isBusy: boolean; readonly close: () => void };

/** At the end of the form of an act. `name`: on the button that does it. */
export function DoOrLeave({ name, isBusy, close }: DoOrLeaveProps) {
  return (
    <div class="buttons">
      <button type="button" onClick={close}>
        Leave it
      </button>
      <button type="submit" class="primary" disabled={isBusy}>
        {name}
      </button>
    </div>
  );
}

/** Under every act: who may do it, and what brings it back. */
export function Terms({ scope, undo }: { readonly scope: string; readonly undo: string }) {
  return (
    <dl class="terms">
      <div>
        <dt>To undo it</dt>
        <dd>{undo}</dd>
      </div>
      <div>
        <dt>Who may</dt>
        <dd>
          Whoever has the scope <code>{scope}</code>. Your key has it.
        </dd>
      </div>
    </dl>
  );
}

type NoteProps = {
  readonly note: string;
  readonly setNote: (note: string) => void;
  readonly isNeeded: boolean;
};

function NoteField({ note, setNote, isNeeded }: NoteProps) {
  return (
    <label>
      Note for the audit{isNeeded ? '' : ' (may be empty)'}
      <textarea
        value={note}
        required={isNeeded}
        maxLength={maxNote}
        rows={2}
        onInput={(event) => setNote(event.currentTarget.value)}
      />
    </label>
  );
}

/** With the fields that are to blame, where the relay names them. */
export function Refused({ failed }: { readonly failed: Failed }) {
  const errors = failed.kind === 'problem' ? failed.errors : [];
  return (
    <div class="notice bad" role="alert">
      <p>{describe(failed)}</p>
      {errors.length === 0 ? null : (
        <ul>
          {errors.map(({ field, rule }) => (
            <li key={`${field} ${rule}`}>
              <code>{field}</code> {rule}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
