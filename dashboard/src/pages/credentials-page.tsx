// Credentials: who may call, what with, and when they last did. Each leads to its own page; a new one is made here, and its key
// shown once.

import { useState } from 'preact/hooks';
import { MakeCredential } from '../acts/make-credential.tsx';
import { ShownOnce } from '../parts/copy-field.tsx';
import { Badge, Empty, Failure, Show, Table, Time } from '../parts/parts.tsx';
import { linkTo } from '../route.ts';
import { useLoad } from '../use-load.ts';
import type { Credential } from '../wire-access.ts';

export type CredentialList = { readonly credentials: readonly Credential[] };

export function CredentialsPage() {
  const loaded = useLoad<CredentialList>('/admin/credentials');
  const [made, setMade] = useState('');
  return (
    <>
      <div class="title">
        <h1>Credentials</h1>
        <MakeCredential made={setMade} done={loaded.reload} />
      </div>
      <ShownOnce what="The new key" text={made} putAway={() => setMade('')} />
      {loaded.value !== null && loaded.failed?.kind === 'problem' ? <Failure failed={loaded.failed} /> : null}
      <Show loaded={loaded}>{({ credentials }) => <List credentials={credentials} />}</Show>
    </>
  );
}

function List({ credentials }: CredentialList) {
  if (credentials.length === 0)
    return (
      <Empty>
        There is none but the bootstrap key. The first one with <code>credentials:manage</code> ends that.
      </Empty>
    );
  return (
    <Table
      caption="Credentials"
      head={['Name', 'State', 'Sees', 'May', 'Key', 'Ends', 'Last used']}
      rows={credentials.map((credential) => ({ key: credential.id, cells: cellsOf(credential) }))}
    />
  );
}

function cellsOf(credential: Credential) {
  const { id, name, state, scopes, keys, token, expiresAt, lastUsedAt } = credential;
  return [
    <a key="n" href={linkTo('credentials', id)}>
      {name}
    </a>,
    <Badge key="s" word={state} />,
    viewOf(credential),
    `${scopes.length} scopes`,
    token === null ? keys.map(({ hint }) => hint).join(', ') : `tokens of ${token.issuer}`,
    expiresAt === null ? 'never' : new Date(expiresAt).toLocaleDateString(),
    lastUsedAt === null ? 'never' : <Time key="t" at={lastUsedAt} />,
  ];
}

export function viewOf({ sources, grants }: Pick<Credential, 'sources' | 'grants'>): string {
  const bySource =
    sources === null ? 'every source' : sources.length === 0 ? 'its own requests' : sources.join(', ');
  if (grants === null) return sources === null ? 'everything' : bySource;
  const byGrant = grants.map(({ operation, target }) => `${operation} at ${target}`).join(', ');
  return `${bySource}; ${byGrant}`;
}
