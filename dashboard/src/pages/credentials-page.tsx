// Credentials: who may call, what with, and when they last did; made and revoked here. A new key is shown once.

import { useState } from 'preact/hooks';
import { post } from '../api.ts';
import { ActButton } from '../parts/act-dialog.tsx';
import { Badge, Empty, Show, Table, Time } from '../parts/parts.tsx';
import { useLoad } from '../use-load.ts';
import type { Credential } from '../wire.ts';

export function CredentialsPage() {
  const loaded = useLoad<{ readonly credentials: readonly Credential[] }>('/admin/credentials');
  const [made, setMade] = useState('');
  return (
    <>
      <div class="title">
        <h1>Credentials</h1>
        <Make made={setMade} done={loaded.reload} />
      </div>
      {made === '' ? null : (
        <p class="notice warn" role="status">
          The new key, shown this once: <code>{made}</code>{' '}
          <button type="button" onClick={() => setMade('')}>
            I have it
          </button>
        </p>
      )}
      <Show loaded={loaded}>
        {({ credentials }) =>
          credentials.length === 0 ? (
            <Empty>There is none but the bootstrap key.</Empty>
          ) : (
            <List credentials={credentials} done={loaded.reload} />
          )
        }
      </Show>
    </>
  );
}

function List({
  credentials,
  done,
}: {
  readonly credentials: readonly Credential[];
  readonly done: () => void;
}) {
  const rows = credentials.map((credential) => {
    const { id, name, state, scopes, sources, keys, lastUsedAt } = credential;
    return {
      key: id,
      cells: [
        name,
        <Badge key="s" word={state} />,
        sources === null ? 'everything' : sources.length === 0 ? 'its own requests' : sources.join(', '),
        <details key="d">
          <summary>{scopes.length} scopes</summary>
          {scopes.join(', ')}
        </details>,
        keys.map(({ hint }) => `…${hint}`).join(', '),
        lastUsedAt === null ? 'never' : <Time key="t" at={lastUsedAt} />,
        state === 'active' ? <Revoke key="r" credential={credential} done={done} /> : '',
      ],
    };
  });
  return (
    <Table
      caption="Credentials"
      head={['Name', 'State', 'Sees', 'May', 'Key', 'Last used', 'Acts']}
      rows={rows}
    />
  );
}

function Revoke({
  credential: { id, name },
  done,
}: {
  readonly credential: Credential;
  readonly done: () => void;
}) {
  const says = (
    <p>
      The key of “{name}” is good for nothing any more, everywhere within three seconds. It cannot be undone;
      make a new one instead.
    </p>
  );
  return (
    <ActButton
      name={`Revoke ${name}`}
      scope="credentials:manage"
      says={says}
      run={(reason) => post(`/admin/credentials/${encodeURIComponent(id)}/revoke`, { reason })}
      done={done}
      isDangerous
    />
  );
}

function Make({ made, done }: { readonly made: (key: string) => void; readonly done: () => void }) {
  const [name, setName] = useState('');
  const [preset, setPreset] = useState('viewer');
  const [sources, setSources] = useState('');
  const run = async (reason: string) => {
    const list = sources
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '');
    const answer = await post<{ readonly key: string }>('/admin/credentials', {
      name,
      preset,
      reason,
      ...(list.length === 0 ? {} : { sources: list }),
    });
    if (answer.kind === 'ok') made(answer.value.key);
    return answer;
  };
  return (
    <ActButton
      name="Make a credential"
      scope="credentials:manage"
      says={<p>Its key is shown once. It can be revoked at any time.</p>}
      run={run}
      done={done}
    >
      <label>
        Name
        <input required value={name} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <label>
        Preset
        <select value={preset} onChange={(event) => setPreset(event.currentTarget.value)}>
          {['viewer', 'operator', 'integration', 'admin'].map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
      <label>
        Only these sources, separated by commas (empty: all)
        <input value={sources} onInput={(event) => setSources(event.currentTarget.value)} />
      </label>
    </ActButton>
  );
}
