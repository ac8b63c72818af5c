// What may be run, as pairs of operation and target. Offers what the targets' adapters can do; what none of them means is said
// by who uses it.

import { ChoiceField } from '../parts/fields.tsx';
import type { Grant, Target } from '../wire-relay.ts';

type GrantsProps = {
  readonly grants: readonly Grant[];
  readonly set: (grants: readonly Grant[]) => void;
  readonly targets: readonly Target[];
  /** What an empty list means. */
  readonly none: string;
  /** On the button that adds one. */
  readonly more: string;
};

export function GrantsField({ grants, set, targets, none, more }: GrantsProps) {
  const operations = [...new Set(targets.flatMap(({ adapter }) => adapter.operations))].sort();
  const toChoices = (names: readonly string[]) => [
    { value: '*', label: 'every one' },
    ...names.map((name) => ({ value: name, label: name })),
  ];
  const change = (index: number, part: Partial<Grant>) =>
    set(grants.map((grant, at) => (at === index ? { ...grant, ...part } : grant)));
  return (
    <fieldset>
      <legend>It runs and sees</legend>
      {grants.length === 0 ? <p class="quiet">{none}</p> : null}
      {grants.map(({ operation, target }, index) => (
        <div class="pair" key={index}>
          <ChoiceField
            label="Operation"
            value={operation}
            set={(value) => change(index, { operation: value })}
            choices={toChoices(operations)}
          />
          <ChoiceField
            label="Target"
            value={target}
            set={(value) => change(index, { target: value })}
            choices={toChoices(targets.map(({ id }) => id))}
          />
          <button
            type="button"
            onClick={() => set(grants.filter((_, at) => at !== index))}
            aria-label={`Take away ${operation} at ${target}`}
          >
            Take away
          </button>
        </div>
      ))}
      <button type="button" onClick={() => set([...grants, { operation: '*', target: '*' }])}>
        {grants.length === 0 ? more : 'Another operation'}
      </button>
    </fieldset>
  );
}
