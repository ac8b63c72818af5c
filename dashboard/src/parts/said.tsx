// What the last act came to, in a region that is read out. It stays until the reader goes on or puts it away: nobody has to be
// quick to read it. Holds one sentence.

import { signal } from '@preact/signals';

const said = signal('');

export function say(sentence: string): void {
  said.value = sentence;
}

export function Said() {
  return (
    <div role="status" aria-live="polite" class="said">
      {said.value === '' ? null : (
        <p class="notice good">
          <span>{said.value}</span>
          <button type="button" onClick={() => say('')}>
            Put away
          </button>
        </p>
      )}
    </div>
  );
}
