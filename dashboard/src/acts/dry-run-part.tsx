// What a checked input comes to, beside its editor: what is wrong with it, or what would be sent, against what the route makes, and
// the calls that would be made at the ERP. Sends nothing.

import { words } from '../format.ts';
import { Diff } from '../parts/diff.tsx';
import { Json } from '../parts/parts.tsx';
import type { DryCall, DryRun, FieldProblem } from '../wire.ts';

export type Checked =
  | { readonly kind: 'good'; readonly shown: DryRun; readonly text: string }
  | {
      readonly kind: 'wrong';
      readonly says: string;
      readonly errors: readonly FieldProblem[];
      readonly text?: string;
    };

type CheckedProps = { readonly checked: Checked | null; readonly original: unknown };

export function CheckedPart({ checked, original }: CheckedProps) {
  if (checked === null) return <p role="status">Asking what would be sent …</p>;
  if (checked.kind === 'wrong')
    return (
      <div class="notice bad" role="alert">
        <p>{checked.says}</p>
        <ul>
          {checked.errors.map(({ field, rule }) => (
            <li key={`${field}${rule}`}>
              <code>{field}</code> {rule}
            </li>
          ))}
        </ul>
      </div>
    );
  return (
    <>
      <p role="status">
        It would <strong>{words(checked.shown.would)}</strong>, with:
      </p>
      <Diff
        before={original}
        after={checked.shown.input}
        label="What would be sent, against what the route makes"
      />
      <Calls shown={checked.shown} />
    </>
  );
}

function Calls({ shown: { calls, callsEnd } }: { readonly shown: DryRun }) {
  return (
    <section aria-label="Calls to the ERP">
      <h3>Calls to the ERP</h3>
      <ol class="steps">
        {calls.map((call, index) => (
          <li key={`${call.step} ${index}`}>
            <Call call={call} name={`Body of call ${index + 1}`} />
          </li>
        ))}
      </ol>
      <p class="quiet">{endOf(callsEnd)}</p>
    </section>
  );
}

function Call({ call, name }: { readonly call: DryCall; readonly name: string }) {
  const { step, method, url, body, sent, status, failure } = call;
  return (
    <>
      {step}: <code>{`${method} ${url}`}</code>{' '}
      {sent ? `was made: ${failure ?? `status ${status}`}` : 'is not made now'}
      {body === undefined || body === null || body === '' ? null : <Json value={body} label={name} />}
    </>
  );
}

function endOf({ kind, message, outcome, later }: DryRun['callsEnd']): string {
  switch (kind) {
    case 'first_write': {
      const rest = later.length === 0 ? '' : ` What follows depends on its answer: ${later.join(', ')}.`;
      return `The last one would be the first to change the ERP; it was not sent.${rest}`;
    }
    case 'nothing_to_write':
      return `It would end without a change${outcome === null ? '' : `: ${words(outcome.kind)}`}.`;
    case 'not_asked':
      return 'Check asks the ERP what it reads first, and shows what would be sent then.';
    default:
      return message ?? 'No call would be made.';
  }
}
