// The one dialog of the dashboard, and where the focus is while it opens and when it is gone. Both are settled in the same step as
// the page itself, never a frame later: who works by keyboard is elsewhere by then, and the focus would be taken from there.

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** The button a dialog is opened from. */
export type Opener = { readonly current: HTMLButtonElement | null };

/**
 * For the button that opens a dialog. An act may take its own button away: who has come by keyboard then goes on from the page,
 * not from nowhere.
 */
export function useOpener() {
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(
    () => () => {
      if (button.current !== null && document.activeElement === button.current) focusPage();
    },
    [],
  );
  return button;
}

function focusPage(): void {
  document.getElementById('main')?.focus({ preventScroll: true });
}

function isNowhere(): boolean {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body;
}

type DialogProps = {
  readonly title: string;
  readonly opener: Opener;
  readonly close: () => void;
  readonly isWide?: boolean;
  readonly children: ComponentChildren;
};

/** Modal: the browser keeps the focus in it, Escape closes it, and the focus goes back to the button it was opened from. */
export function Dialog({ title, opener, close, isWide = false, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const own = element.current;
    own?.showModal();
    return () => {
      const isInside = own?.contains(document.activeElement) === true;
      // As long as it is open, nothing else takes the focus.
      own?.close();
      // After Escape the browser has given the focus back already, and the reader may have gone on.
      if (!isInside && !isNowhere()) return;
      if (opener.current === null) focusPage();
      else opener.current.focus();
    };
  }, []);
  return (
    <dialog ref={element} class={isWide ? 'wide' : ''} onClose={close} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </dialog>
  );
}
