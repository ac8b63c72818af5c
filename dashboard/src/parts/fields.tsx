// Fields of forms: each with its label, and of one look. They hold no value of their own.

import type { ComponentChildren } from 'preact';

type TextProps = {
  readonly label: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly type?: 'text' | 'password' | 'url' | 'datetime-local';
  readonly isNeeded?: boolean;
  readonly example?: string;
  readonly help?: string;
};

export function TextField(props: TextProps) {
  const { label, value, set, type = 'text', isNeeded = false, example = '', help } = props;
  return (
    <label>
      {label}
      <input
        {...({ type } as { readonly type: 'text' })}
        value={value}
        required={isNeeded}
        placeholder={example}
        autoComplete="off"
        spellcheck={false}
        onInput={(event) => set(event.currentTarget.value)}
      />
      {help === undefined ? null : <span class="quiet help">{help}</span>}
    </label>
  );
}

type Choice = { readonly value: string; readonly label: string };

type ChoiceProps = {
  readonly label: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly choices: readonly Choice[];
};

export function ChoiceField({ label, value, set, choices }: ChoiceProps) {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => set(event.currentTarget.value)}>
        {choices.map((each) => (
          <option key={each.value} value={each.value} selected={each.value === value}>
            {each.label}
          </option>
        ))}
      </select>
    </label>
  );
}

type SetProps = {
  readonly legend: string;
  readonly choices: readonly string[];
  readonly chosen: readonly string[];
  readonly set: (chosen: readonly string[]) => void;
  readonly children?: ComponentChildren;
};

/** Several of a list. */
export function SetField({ legend, choices, chosen, set, children }: SetProps) {
  const toggle = (name: string) =>
    set(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
  return (
    <fieldset>
      <legend>{legend}</legend>
      {children}
      <div class="checks">
        {choices.map((name) => (
          <label key={name} class="check">
            <input type="checkbox" checked={chosen.includes(name)} onChange={() => toggle(name)} /> {name}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** How long what is replaced stays good, as the API takes it. */
export const overlaps: readonly Choice[] = [
  { value: '86400', label: 'a day' },
  { value: '3600', label: 'an hour' },
  { value: '604800', label: 'a week' },
  { value: '2592000', label: '30 days' },
  { value: '0', label: 'not at all: it ends now' },
];

export function OverlapField({ value, set }: Pick<ChoiceProps, 'value' | 'set'>) {
  return <ChoiceField label="The old one stays good for" value={value} set={set} choices={overlaps} />;
}
