// The end of a list that goes on: a button for older entries, and what is said when they cannot be had.

import type { More } from '../use-more.ts';
import { Failure } from './parts.tsx';

export function MoreButton<T>({ of, name }: { readonly of: More<T>; readonly name: string }) {
  if (of.failed !== null && of.more !== null) return <Failure failed={of.failed} reload={of.more} />;
  return of.more === null ? null : (
    <div class="buttons">
      <button type="button" onClick={of.more}>
        {name}
      </button>
    </div>
  );
}
