// One credential: what it may, what it did and what it never used, its keys and their ends. Rotated and revoked here. A scope
// that was never used is a scope that should not be there.

import { useState } from 'preact/hooks';
import { CredentialActs } from '../acts/credential-acts.tsx';
import { ShownOnce } from '../parts/copy-field.tsx';
import { Badge, Empty, Facts, Failure, Show, Table, Time } from '../parts/parts.tsx';
import { linkTo } from '../route.ts';
import { useLoad } from '../use-load.ts';
import type { Credential, Usage } from '../wire-access.ts';
import { viewOf } from './credentials-page.tsx';

export function CredentialPage({ id }: { readonly id: string }) {
  const path = `/admin/credentials/${encodeURIComponent(id)}`;
  const loaded = useLoad<Credential>(path);
  const usage = useLoad<Usage>(`${path}/usage`);
  const [made, setMade] = useState('');
  return (
    <>
      <p>
        <a href={linkTo('credentials')}>← Credentials</a>
      </p>
      <h1>{loaded.value?.name ?? id}</h1>
      <ShownOnce what="The new key" text={made} putAway={() => setMade('')} />
      {loaded.value !== null && loaded.failed?.kind === 'problem' ? <Failure failed={loaded.failed} /> : null}
      <Show loaded={loaded}>
        {(credential) => <Told credential={credential} reload={loaded.reload} made={setMade} />}
      </Show>
      <h2>What it used</h2>
      <Show loaded={usage}>
        {(used) => (loaded.value === null ? null : <Used usage={used} credential={loaded.value} />)}
      </Show>
    </>
  );
}

type ToldProps = {
  readonly credential: Credential;
  readonly reload: () => void;
  readonly made: (key: string) => void;
};

function Told({ credential, reload, made }: ToldProps) {
  const { id, state, scopes, keys, token, createdAt, createdBy, expiresAt, lastUsedAt, revoked } = credential;
  return (
    <>
      <p class="lead">
        <Badge word={state} />{' '}
        {revoked === null ? null : (
          <>
            Revoked <Time at={revoked.at} /> by {revoked.by}: {revoked.reason}
          </>
        )}
      </p>
      {state === 'active' ? <CredentialActs credential={credential} done={reload} made={made} /> : null}
      <Facts
        rows={[
          ['Sees', viewOf(credential)],
          ['May', scopes.join(', ')],
          [
            'Made',
            <span key="m">
              <Time at={createdAt} /> by {createdBy}
            </span>,
          ],
          ['Ends', expiresAt === null ? 'never' : new Date(expiresAt).toLocaleString()],
          ['Last used', lastUsedAt === null ? 'never' : <Time key="u" at={lastUsedAt} />],
          [
            'Its acts',
            <a key="a" href={linkTo('audit', null, { actor: id })}>
              in the audit
            </a>,
          ],
          ...(token === null
            ? []
            : [['Comes with tokens of', `${token.issuer} for ${token.subject}`] as const]),
        ]}
      />
      {keys.length === 0 ? null : (
        <Table
          caption="Keys that are good"
          head={['Key', 'Made', 'Good until']}
          rows={keys.map(({ hint, createdAt: madeAt, endsAt }) => ({
            key: hint,
            cells: [
              hint,
              <Time key="t" at={madeAt} />,
              endsAt === null ? 'it is replaced' : new Date(endsAt).toLocaleString(),
            ],
          }))}
        />
      )}
    </>
  );
}

function Used({ usage, credential }: { readonly usage: Usage; readonly credential: Credential }) {
  const { scopes, operations, unusedScopes, unusedGrants } = usage;
  const isTight = unusedScopes.length === 0 && unusedGrants.length === 0;
  const wide = [...unusedScopes, ...unusedGrants.map(({ operation, target }) => `${operation} at ${target}`)];
  const rows = [
    ...scopes.map(({ scope, ...times }) => ({ what: scope, ...times })),
    ...operations.map(({ operation, target, ...times }) => ({ what: `${operation} at ${target}`, ...times })),
  ];
  if (rows.length === 0) return <Empty>It has done nothing yet.</Empty>;
  return (
    <>
      {isTight ? (
        <p class="notice good">It used everything it may.</p>
      ) : (
        <div class="notice warn">
          <p>
            It never used: <strong>{wide.join(', ')}</strong>.
          </p>
          <p>Make a smaller credential for {credential.name}, give it to its holder, and revoke this one.</p>
        </div>
      )}
      <Table
        caption="What it used"
        head={['What', 'First', 'Last']}
        rows={rows.map(({ what, firstUsedAt, lastUsedAt }) => ({
          key: what,
          cells: [what, <Time key="f" at={firstUsedAt} />, <Time key="l" at={lastUsedAt} />],
        }))}
      />
    </>
  );
}
