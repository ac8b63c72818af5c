// A new credential: what it may by a preset or by single scopes, what it sees, and until when. Offers nothing its maker could not
// give: the relay refuses that.

import { useState } from 'preact/hooks';
import { allScopes, presets, wholeRelayScopes } from '../../../src/core/identity/scopes.ts';
import { post } from '../api.ts';
import { ActButton } from '../parts/act-dialog.tsx';
import { ChoiceField, SetField, TextField } from '../parts/fields.tsx';
import { useKnownSources, useKnownTargets } from '../use-known.ts';
import type { IssuedKey } from '../wire-access.ts';
import type { Grant } from '../wire-relay.ts';
import { GrantsField } from './grants-field.tsx';

type MakeProps = { readonly made: (key: string) => void; readonly done: () => void };

type Wanted = {
  readonly name: string;
  /** A preset's name, or `scopes`. */
  readonly may: string;
  readonly scopes: readonly string[];
  readonly sees: 'all' | 'sources' | 'own';
  readonly sources: readonly string[];
  readonly grants: readonly Grant[];
  readonly ends: string;
};

const nothing: Wanted = {
  name: '',
  may: 'viewer',
  scopes: [],
  sees: 'all',
  sources: [],
  grants: [],
  ends: '',
};

export function MakeCredential({ made, done }: MakeProps) {
  const [wanted, setWanted] = useState(nothing);
  const run = async (reason: string) => {
    const answer = await post<IssuedKey>('/admin/credentials', toBody(wanted, reason));
    if (answer.kind === 'ok') {
      made(answer.value.key ?? '');
      setWanted(nothing);
    }
    return answer;
  };
  return (
    <ActButton
      name="Make a credential"
      scope="credentials:manage"
      says={<p>Its key is shown once, and nobody can ask for it again. Nobody gives more than they have.</p>}
      undo="Revoke it: it is good for nothing within three seconds."
      run={run}
      done={done}
    >
      <Fields wanted={wanted} set={(part) => setWanted({ ...wanted, ...part })} />
    </ActButton>
  );
}

function toBody({ name, may, scopes, sees, sources, grants, ends }: Wanted, reason: string) {
  return {
    name,
    reason,
    ...(may === 'scopes' ? { scopes } : { preset: may }),
    ...(sees === 'all' ? {} : { sources: sees === 'own' ? [] : sources }),
    ...(grants.length === 0 ? {} : { grants }),
    ...(ends === '' ? {} : { expiresAt: new Date(ends).toISOString() }),
  };
}

type FieldsProps = { readonly wanted: Wanted; readonly set: (part: Partial<Wanted>) => void };

function Fields({ wanted, set }: FieldsProps) {
  const { name, may, scopes, sees, grants, ends } = wanted;
  const isNarrowed = sees !== 'all' || grants.length > 0;
  return (
    <>
      <TextField label="Name: who holds it" value={name} set={(value) => set({ name: value })} isNeeded />
      <ChoiceField
        label="It may"
        value={may}
        set={(value) => set({ may: value })}
        choices={[
          ...Object.entries(presets).map(([preset, of]) => ({
            value: preset,
            label: `${preset} (${of.length} scopes)`,
          })),
          { value: 'scopes', label: 'single scopes' },
        ]}
      />
      {may === 'scopes' ? (
        <SetField
          legend="Scopes"
          choices={isNarrowed ? allScopes.filter((scope) => !wholeRelayScopes.includes(scope)) : allScopes}
          chosen={scopes}
          set={(chosen) => set({ scopes: chosen })}
        />
      ) : null}
      <View wanted={wanted} set={set} />
      {isNarrowed ? (
        <p class="quiet">
          A narrowed credential cannot hold {wholeRelayScopes.join(', ')}: they concern the whole relay.
        </p>
      ) : null}
      <TextField
        label="Ends (empty: never)"
        type="datetime-local"
        value={ends}
        set={(value) => set({ ends: value })}
      />
    </>
  );
}

function View({ wanted: { sees, sources, grants }, set }: FieldsProps) {
  const knownSources = useKnownSources();
  const knownTargets = useKnownTargets();
  return (
    <>
      <ChoiceField
        label="It sees"
        value={sees}
        set={(value) => set({ sees: value === 'sources' || value === 'own' ? value : 'all' })}
        choices={[
          { value: 'all', label: 'every source' },
          { value: 'sources', label: 'only the sources chosen below' },
          { value: 'own', label: 'only what it asked for itself' },
        ]}
      />
      {sees === 'sources' ? (
        <SetField
          legend="Sources"
          choices={knownSources.map(({ id }) => id)}
          chosen={sources}
          set={(chosen) => set({ sources: chosen })}
        />
      ) : null}
      <GrantsField
        grants={grants}
        set={(value) => set({ grants: value })}
        targets={knownTargets}
        none="every operation at every target"
        more="Only some operations"
      />
    </>
  );
}
