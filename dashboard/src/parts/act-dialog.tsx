// The one way to do something: a dialog that says what will be touched, asks for the note that the audit keeps, does it once,
// and says what came of it. Closing it before changes nothing.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Answer, describe } from '../api.ts';
import { can } from '../session.ts';

export type ActProps = {
  /** On the button and as the dialog's title. */
  readonly name: string;
  readonly scope: string;
  /** What it will touch, and how it can be undone. */
  readonly says: ComponentChildren;
  readonly run: (note: string) => Promise<Answer<unknown>>;
  readonly done: () => void;
  readonly isNoteNeeded?: boolean;
  readonly isDangerous?: boolean;
  /** Further fields. */
  readonly children?: ComponentChildren;
};

export function ActButton(props: ActProps) {
  const [isOpen, setOpen] = useState(false);
  const { name, scope, isDangerous = false } = props;
  if (!can(scope)) return null;
  return (
    <>
      <button type="button" class={isDangerous ? 'danger' : ''} onClick={() => setOpen(true)}>
        {name} …
      </button>
      {isOpen ? <ActDialog {...props} close={() => setOpen(false)} /> : null}
    </>
  );
}

/** As the API takes it. */
const maxNote = 1_000;

function ActDialog({
  name,
  says,
  run,
  done,
  close,
  children,
  isNoteNeeded = true,
  scope,
}: ActProps & { readonly close: () => void }) {
  const [note, setNote] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState('');
  const act = async (event: Event) => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    const answer = await run(note.trim());
    setBusy(false);
    if (answer.kind !== 'ok') {
      setRefused(describe(answer));
      return;
    }
    close();
    done();
  };
  return (
    <Dialog title={name} close={close}>
      <form onSubmit={act}>
        <div class="says">{says}</div>
        {children}
        <label>
          Note for the audit{isNoteNeeded ? '' : ' (may be empty)'}
          <textarea
            value={note}
            required={isNoteNeeded}
            maxLength={maxNote}
            rows={2}
            onInput={(event) => setNote(event.currentTarget.value)}
          />
        </label>
        <p class="quiet">Needs the scope {scope}, which your key has.</p>
        {refused === '' ? null : (
          <p class="notice bad" role="alert">
            {refused}
          </p>
        )}
        <div class="buttons">
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={isBusy}>
            {isBusy ? 'Working …' : name}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

type DialogProps = {
  readonly title: string;
  readonly close: () => void;
  readonly isWide?: boolean;
  readonly children: ComponentChildren;
};

/** Modal: the browser keeps the focus in it, and Escape closes it. */
export function Dialog({ title, close, isWide = false, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    element.current?.showModal();
    return () => (before instanceof HTMLElement ? before.focus() : undefined);
  }, []);
  return (
    <dialog ref={element} class={isWide ? 'wide' : ''} onClose={close} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </dialog>
  );
}
