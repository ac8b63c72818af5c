// Small pieces every page is made of: badges, times, JSON, and what stands where there is nothing, not yet or no more.

import type { ComponentChildren } from 'preact';
import { describe, type Failed } from '../api.ts';
import { ageOf, pretty, timeOf, words } from '../format.ts';
import type { Loaded } from '../use-load.ts';

const tones: Readonly<Record<string, string>> = {
  succeeded: 'good',
  resolved: 'good',
  ok: 'good',
  ready: 'good',
  closed: 'good',
  active: 'good',
  duplicate: 'good',
  accepted: 'good',
  dead_lettered: 'bad',
  rejected: 'bad',
  critical: 'bad',
  open: 'bad',
  failed: 'bad',
  failing: 'bad',
  dead: 'bad',
  unavailable: 'bad',
  revoked: 'bad',
  not_ready: 'bad',
  unauthorized: 'bad',
  held: 'warn',
  acknowledged: 'warn',
  cancelled: 'warn',
  disabled: 'warn',
  owner_ended: 'warn',
  enriching: 'warn',
  scheduled: 'warn',
  half_open: 'warn',
  paused: 'warn',
  silent: 'warn',
  warning: 'warn',
  degraded: 'warn',
  expired: 'warn',
  retryable: 'warn',
  in_doubt: 'warn',
};

/** Its tone is never the only sign: the word stands in it. */
export function Badge({ word }: { readonly word: string }) {
  return <span class={`badge ${tones[word] ?? 'plain'}`}>{words(word)}</span>;
}

export function Time({ at, isExact = false }: { readonly at: string; readonly isExact?: boolean }) {
  return (
    <time dateTime={at} title={timeOf(at, { isExact: true })}>
      {isExact ? timeOf(at, { isExact }) : `${ageOf(at)} ago`}
    </time>
  );
}

export function Json({ value, label }: { readonly value: unknown; readonly label: string }) {
  return (
    <pre class="json" tabIndex={0} role="group" aria-label={label}>
      {pretty(value)}
    </pre>
  );
}

export function Notice({
  tone = 'plain',
  children,
}: {
  readonly tone?: string;
  readonly children: ComponentChildren;
}) {
  return (
    <p class={`notice ${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      {children}
    </p>
  );
}

export function Failure({ failed, reload }: { readonly failed: Failed; readonly reload?: () => void }) {
  return (
    <div class="notice bad" role="alert">
      <p>{describe(failed)}</p>
      {reload === undefined ? null : (
        <button type="button" onClick={reload}>
          Try again
        </button>
      )}
    </div>
  );
}

/** One of three: it is being asked, it could not be had, or it is shown. */
export function Show<T>({
  loaded,
  children,
}: {
  readonly loaded: Loaded<T>;
  readonly children: (value: T) => ComponentChildren;
}) {
  if (loaded.value !== null) return <>{children(loaded.value)}</>;
  if (loaded.failed !== null) return <Failure failed={loaded.failed} reload={loaded.reload} />;
  return (
    <p class="loading" role="status">
      Loading …
    </p>
  );
}

export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

export function Facts({ rows }: { readonly rows: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {rows.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

type TableProps = {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly ComponentChildren[] }[];
};

/** On a phone each row becomes a card, whose cells carry the name of their column. */
export function Table({ caption, head, rows }: TableProps) {
  return (
    <table>
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          {head.map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, cells }) => (
          <tr key={key}>
            {cells.map((cell, index) => (
              <td key={head[index]} data-label={head[index]}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
