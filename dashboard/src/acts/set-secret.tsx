// Sets or rotates a secret: its fields, and how long the one before stays good. What is typed goes to the relay and is forgotten
// here. And the key that seals them all is changed.

import { useState } from 'preact/hooks';
import { post, put } from '../api.ts';
import { ActButton } from '../parts/act-dialog.tsx';
import { ChoiceField, OverlapField, TextField } from '../parts/fields.tsx';
import type { SecretVersion, SettableSecret } from '../wire-access.ts';

type SetProps = {
  readonly secret: SettableSecret & { readonly versions: readonly SecretVersion[] };
  /** For whose deliveries alone a target's may be. */
  readonly sources: readonly string[];
  readonly done: () => void;
};

export function pathOfSecret(name: string, act = ''): string {
  const [kind = '', id = ''] = name.split('/');
  return `/admin/secrets/${kind}/${encodeURIComponent(id)}${act === '' ? '' : `/${act}`}`;
}

export function SetSecret({ secret, sources, done }: SetProps) {
  const { name, fields, optionalFields, versions } = secret;
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [overlap, setOverlap] = useState('86400');
  const [source, setSource] = useState('');
  const isTarget = name.startsWith('target/');
  const forget = () => setValues({});
  const run = (reason: string) => {
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
    const body = { values: given, overlapSeconds: Number(overlap), reason };
    return put(pathOfSecret(source === '' ? name : `${name}@${source}`), body);
  };
  return (
    <ActButton
      name={versions.length === 0 ? 'Set' : 'Rotate'}
      of={name}
      scope="secrets:rotate"
      says={
        isTarget ? (
          <p>The next login uses it; a target that refuses its credential tries it at once.</p>
        ) : (
          <p>
            The relay takes what is signed with it from now on. Set it here first and at the sender then: the
            one before stays good for the time you choose.
          </p>
        )
      }
      undo="Take it away and the Worker secret counts again; while the overlap lasts, the one before is good."
      run={run}
      done={() => {
        forget();
        done();
      }}
    >
      {isTarget && !name.includes('@') ? (
        <ChoiceField
          label="For"
          value={source}
          set={setSource}
          choices={[
            { value: '', label: 'all deliveries' },
            ...sources.map((id) => ({ value: id, label: `deliveries of ${id} alone` })),
          ]}
        />
      ) : null}
      {[...fields, ...optionalFields].map((field) => (
        <TextField
          key={field}
          label={optionalFields.includes(field) ? `${field} (may be left out)` : field}
          type="password"
          value={values[field] ?? ''}
          set={(value) => setValues({ ...values, [field]: value })}
          isNeeded={!optionalFields.includes(field)}
        />
      ))}
      <OverlapField value={overlap} set={setOverlap} />
    </ActButton>
  );
}

export function RotateDataKey({ done }: { readonly done: () => void }) {
  return (
    <ActButton
      name="Change the sealing key"
      scope="credentials:manage"
      says={<p>A new data key is made, and every secret sealed with it, while the relay runs.</p>}
      undo="There is nothing to undo: the secrets stay what they are."
      run={(reason) => post('/admin/secrets/rotate-key', { reason })}
      done={done}
    />
  );
}
