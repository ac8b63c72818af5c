// A text to be copied, and one that is shown this once: a key or a secret that nobody can ask for again. May keep neither.

import { useState } from 'preact/hooks';

export function CopyField({ text, name = 'Copy' }: { readonly text: string; readonly name?: string }) {
  const [says, setSays] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSays('Copied.');
    } catch {
      setSays('Mark it and copy it by hand.');
    }
  };
  return (
    <div class="copy">
      <code>{text}</code>
      <button type="button" onClick={() => void copy()}>
        {name}
      </button>
      <span role="status">{says}</span>
    </div>
  );
}

type OnceProps = { readonly what: string; readonly text: string; readonly putAway: () => void };

export function ShownOnce({ what, text, putAway }: OnceProps) {
  if (text === '') return null;
  return (
    <section class="notice warn" aria-label={what}>
      <p role="status">
        <strong>{what}</strong>, shown this once: whoever leaves this page has seen the last of it.
      </p>
      <CopyField text={text} />
      <div class="buttons">
        <button type="button" onClick={putAway}>
          I have it
        </button>
      </div>
    </section>
  );
}
