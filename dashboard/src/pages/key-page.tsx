// What stands first: the key. It is tried at once, and kept for this tab alone.

import { useState } from 'preact/hooks';
import { ask, describe, signedOutBecause } from '../api.ts';
import { me, signIn } from '../session.ts';
import type { Me } from '../wire.ts';

export function KeyPage() {
  const [text, setText] = useState('');
  const [refused, setRefused] = useState(signedOutBecause.value);
  const [isBusy, setBusy] = useState(false);
  const enter = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    const answer = await tryKey(text.trim());
    setBusy(false);
    if (answer !== '') setRefused(answer);
  };
  return (
    <main class="alone">
      <h1>
        <img src="/dashboard/icon.svg" alt="" width="40" height="40" /> Holdfast
      </h1>
      <form onSubmit={enter}>
        <label>
          Admin key or credential
          <input
            type="password"
            autoComplete="off"
            spellcheck={false}
            required
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <p class="quiet">
          It begins with hf_ and stays in this tab until you close it. You see and do here what it may see and
          do.
        </p>
        {refused === '' ? null : (
          <p class="notice bad" role="alert">
            {refused}
          </p>
        )}
        <button type="submit" class="primary" disabled={isBusy}>
          {isBusy ? 'Asking the relay …' : 'Open the dashboard'}
        </button>
      </form>
    </main>
  );
}

/** Empty: it is good, and the session has begun. */
async function tryKey(text: string): Promise<string> {
  // A header takes no other characters; the relay would not know such a key either.
  if (!/^[\x21-\x7e]+$/.test(text)) return 'A key has no spaces and no letters beyond ASCII.';
  const response = await ask<Me>('/admin/me', undefined, text);
  if (response.kind === 'ok') {
    signedOutBecause.value = '';
    signIn(text);
    me.value = response.value;
    return '';
  }
  return response.kind === 'problem' && response.status === 401
    ? 'The relay does not take this key: it is wrong, or no longer good.'
    : describe(response);
}
