// Secrets: what senders sign with and what ERPs are logged in to with. Which are set here, which are the Worker's, their versions
// and overlaps. They are set here and never read: no answer holds a value.

import { SecretActs } from '../acts/secret-acts.tsx';
import { RotateDataKey, SetSecret } from '../acts/set-secret.tsx';
import { Badge, Empty, Failure, Show, Table, Time } from '../parts/parts.tsx';
import { useLoad } from '../use-load.ts';
import type { SecretList, SecretVersion, SettableSecret } from '../wire-access.ts';

export function SecretsPage() {
  const loaded = useLoad<SecretList>('/admin/secrets');
  return (
    <>
      <div class="title">
        <h1>Secrets</h1>
        <RotateDataKey done={loaded.reload} />
      </div>
      <p class="quiet">
        They can be set and never read. What is set here takes the Worker secret's place, until it is taken
        away.
      </p>
      {loaded.value !== null && loaded.failed?.kind === 'problem' ? <Failure failed={loaded.failed} /> : null}
      <Show loaded={loaded}>{(list) => <List list={list} reload={loaded.reload} />}</Show>
    </>
  );
}

type Entry = SettableSecret & { readonly versions: readonly SecretVersion[] };

/** What can be set, and what is set beside it: credentials of one source at a target. */
function entriesOf({ secrets, settable }: SecretList): readonly Entry[] {
  const versionsOf = (name: string) => secrets.find((each) => each.name === name)?.versions ?? [];
  const own = settable.map((each) => ({ ...each, versions: versionsOf(each.name) }));
  const others = secrets
    .filter(({ name }) => !settable.some((each) => each.name === name))
    .map(({ name, versions }) => {
      const of = settable.find((each) => each.name === name.split('@')[0]);
      return { name, fields: of?.fields ?? [], optionalFields: of?.optionalFields ?? [], versions };
    });
  return [...own, ...others];
}

function List({ list, reload }: { readonly list: SecretList; readonly reload: () => void }) {
  const entries = entriesOf(list);
  if (entries.length === 0) return <Empty>Your key sees no source and no target.</Empty>;
  const sources = list.settable.flatMap(({ name }) =>
    name.startsWith('source/') ? [name.slice('source/'.length)] : [],
  );
  return (
    <Table
      caption="Secrets"
      head={['Of', 'Set', 'Fields', 'Versions', 'Acts']}
      rows={entries.map((entry) => ({
        key: entry.name,
        cells: [
          <code key="n">{entry.name}</code>,
          <Badge key="s" word={entry.versions.length === 0 ? 'by_the_worker' : 'here'} />,
          [...entry.fields, ...entry.optionalFields.map((field) => `${field} (may be left out)`)].join(', '),
          <Versions key="v" versions={entry.versions} />,
          <div key="a" class="acts">
            <SetSecret secret={entry} sources={sources} done={reload} />
            <SecretActs name={entry.name} versions={entry.versions} done={reload} />
          </div>,
        ],
      }))}
    />
  );
}

function Versions({ versions }: { readonly versions: readonly SecretVersion[] }) {
  if (versions.length === 0) return <>–</>;
  return (
    <ul class="plain">
      {versions.map(({ version, createdAt, createdBy, endsAt }) => (
        <li key={version}>
          {version}: set <Time at={createdAt} /> by {createdBy}
          {endsAt === null ? '' : `, good until ${new Date(endsAt).toLocaleString()}`}
        </li>
      ))}
    </ul>
  );
}
