// Two values as JSON, line by line, with what was taken out and what was put in. The sign stands before each line, for whoever
// does not see the colour.

import { diffLines } from 'diff';
import { pretty } from '../format.ts';

type DiffProps = { readonly before: unknown; readonly after: unknown; readonly label: string };

export function Diff({ before, after, label }: DiffProps) {
  const parts = diffLines(pretty(before), pretty(after));
  return (
    <pre class="json" tabIndex={0} role="group" aria-label={label}>
      {parts.map(({ value, added, removed }, index) => {
        const sign = added ? '+ ' : removed ? '- ' : '  ';
        const text = value
          .replace(/\n$/, '')
          .split('\n')
          .map((line) => `${sign}${line}\n`)
          .join('');
        const kind = added ? 'added' : removed ? 'removed' : '';
        return (
          <span key={index} class={kind}>
            {text}
          </span>
        );
      })}
    </pre>
  );
}
