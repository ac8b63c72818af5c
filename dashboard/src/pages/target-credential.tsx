// The credential a target is logged in to with: how, until when, set here or by the Worker, and those of single sources. Which
// one it is, never what it is.

import { words } from '../format.ts';
import { Facts, Time } from '../parts/parts.tsx';
import { linkTo } from '../route.ts';
import { can } from '../session.ts';
import { useLoad } from '../use-load.ts';
import type { SecretList } from '../wire-access.ts';
import type { Target } from '../wire-relay.ts';

export function CredentialInUse({ target: { id, token } }: { readonly target: Target }) {
  const loaded = useLoad<SecretList>(can('secrets:rotate') ? '/admin/secrets' : null, { isLive: false });
  const own = loaded.value?.secrets.find(({ name }) => name === `target/${id}`);
  const perSource = (loaded.value?.secrets ?? [])
    .filter(({ name }) => name.startsWith(`target/${id}@`))
    .map(({ name }) => name.slice(`target/${id}@`.length));
  if (token === undefined && !can('secrets:rotate')) return null;
  const newest = own?.versions[0];
  const rows: (readonly [string, preact.ComponentChildren])[] = [];
  if (token !== undefined)
    rows.push(['Logged in by', token === null ? 'no token: each call shows it' : words(token.strategy)]);
  if (token?.expiresAt) rows.push(['The token ends', new Date(token.expiresAt).toLocaleString()]);
  if (token?.refreshExpiresAt)
    rows.push(['It can be renewed until', new Date(token.refreshExpiresAt).toLocaleString()]);
  if (loaded.value !== null)
    rows.push([
      'Credential',
      newest === undefined ? (
        'the Worker secret'
      ) : (
        <>
          version {newest.version}, set by {newest.createdBy} <Time at={newest.createdAt} />
        </>
      ),
    ]);
  if (perSource.length > 0) rows.push(['Sources with one of their own', perSource.join(', ')]);
  return (
    <>
      <h2>Credential in use</h2>
      <Facts rows={rows} />
      {can('secrets:rotate') ? (
        <p>
          <a href={linkTo('secrets')}>Set or rotate it</a>
        </p>
      ) : null}
    </>
  );
}
