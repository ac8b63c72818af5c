// A new subscription: where it goes, what it is told of, and of which part. Its secret is shown once, by the page.

import { useState } from 'preact/hooks';
import { post } from '../api.ts';
import { ActButton } from '../parts/act-dialog.tsx';
import { SetField, TextField } from '../parts/fields.tsx';
import { subscribableTypes } from '../subscribable-types.ts';
import { useKnownSources, useKnownTargets } from '../use-known.ts';
import type { MadeSubscription } from '../wire-access.ts';

type MakeProps = { readonly made: (secret: string) => void; readonly done: () => void };

type Wanted = {
  readonly url: string;
  readonly description: string;
  readonly types: readonly string[];
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly entities: string;
};

const nothing: Wanted = { url: '', description: '', types: [], sources: [], targets: [], entities: '' };

export function MakeSubscription({ made, done }: MakeProps) {
  const [wanted, setWanted] = useState(nothing);
  const run = async (reason: string) => {
    const answer = await post<MadeSubscription>('/admin/subscriptions', toBody(wanted, reason));
    if (answer.kind === 'ok') {
      made(answer.value.secret);
      setWanted(nothing);
    }
    return answer;
  };
  return (
    <ActButton
      name="Make a subscription"
      scope="subscriptions:manage"
      says={
        <p>
          It is told of what you see, from now on, and ends with your credential. The secret that verifies
          what is sent is shown once.
        </p>
      }
      undo="Disable or remove it."
      run={run}
      done={done}
    >
      <Fields wanted={wanted} set={(part) => setWanted({ ...wanted, ...part })} />
    </ActButton>
  );
}

function toBody({ url, description, types, sources, targets, entities }: Wanted, reason: string) {
  const kinds = entities
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  return {
    url,
    types,
    reason,
    ...(description === '' ? {} : { description }),
    ...(sources.length === 0 ? {} : { sources }),
    ...(targets.length === 0 ? {} : { targets }),
    ...(kinds.length === 0 ? {} : { entities: kinds }),
  };
}

type FieldsProps = { readonly wanted: Wanted; readonly set: (part: Partial<Wanted>) => void };

function Fields({ wanted, set }: FieldsProps) {
  const knownSources = useKnownSources();
  const knownTargets = useKnownTargets();
  return (
    <>
      <TextField
        label="URL"
        type="url"
        value={wanted.url}
        set={(url) => set({ url })}
        example="https://hooks.example.com/holdfast"
        help="A public host over https; it is shown to whoever sees the subscription, so no key belongs in it."
        isNeeded
      />
      <TextField
        label="What it is for (may be empty)"
        value={wanted.description}
        set={(description) => set({ description })}
      />
      <SetField
        legend="Told of"
        choices={subscribableTypes}
        chosen={wanted.types}
        set={(types) => set({ types })}
      />
      <SetField
        legend="Only of these sources (none chosen: every one)"
        choices={knownSources.map(({ id }) => id)}
        chosen={wanted.sources}
        set={(sources) => set({ sources })}
      />
      <SetField
        legend="Only of these targets (none chosen: every one)"
        choices={knownTargets.map(({ id }) => id)}
        chosen={wanted.targets}
        set={(chosen) => set({ targets: chosen })}
      />
      <TextField
        label="Only of these entities, with commas (empty: every one)"
        value={wanted.entities}
        set={(entities) => set({ entities })}
        example="order, product/7"
      />
    </>
  );
}
