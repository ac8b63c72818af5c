// Setting a source up: the address to paste at the sender, what is done there, the secret, and the first webhook, which turns the
// page green. A request that was refused says why, so that a wrong secret is found at once.

import { SetGrants } from '../acts/set-grants.tsx';
import { SetSecret } from '../acts/set-secret.tsx';
import { canBeSigned, TestEvent } from '../acts/test-event.tsx';
import { words } from '../format.ts';
import { CopyField } from '../parts/copy-field.tsx';
import { DeliveryRow } from '../parts/delivery-list.tsx';
import { Facts, Failure, Show, Table, Time } from '../parts/parts.tsx';
import { linkTo } from '../route.ts';
import { senderSteps } from '../sender-steps.ts';
import { can } from '../session.ts';
import { useLoad } from '../use-load.ts';
import type { DeliveryPage } from '../wire.ts';
import type { SecretList } from '../wire-access.ts';
import type { RejectedRequest, Source } from '../wire-relay.ts';

export function SourcePage({ id }: { readonly id: string }) {
  const sources = useLoad<{ readonly sources: readonly Source[] }>('/admin/sources', { isLive: false });
  return (
    <>
      <p>
        <a href={linkTo('sources')}>← Sources</a>
      </p>
      <h1>{id}</h1>
      <Show loaded={sources}>
        {({ sources: all }) => {
          const source = all.find((each) => each.id === id);
          return source === undefined ? (
            <p class="notice">There is no such source, or your key does not see it.</p>
          ) : (
            <SetUp source={source} reload={sources.reload} />
          );
        }}
      </Show>
    </>
  );
}

type SetUpProps = { readonly source: Source; readonly reload: () => void };

function SetUp({ source, reload }: SetUpProps) {
  const { id, ingestPath } = source;
  return (
    <>
      {can('deliveries:read') ? (
        <FirstWebhook id={id} isPosted={ingestPath !== null} />
      ) : (
        <p class="notice">Your key does not see deliveries.</p>
      )}
      {ingestPath === null ? (
        <p class="notice">Nobody posts here: the relay reads the changes of an ERP by itself.</p>
      ) : (
        <Steps source={source} address={`${location.origin}${ingestPath}`} />
      )}
      <h2>What it is</h2>
      <Facts rows={factsOf(source)} />
      <div class="acts" role="group" aria-label="Acts">
        <SetGrants source={source} done={reload} />
        {source.reconciles ? (
          <a class="button" href={linkTo('reconciliation')}>
            Reconciliation
          </a>
        ) : null}
        {can('deliveries:read') ? (
          <a class="button" href={linkTo('deliveries', null, { source: id })}>
            All its deliveries
          </a>
        ) : null}
      </div>
      <Refused id={id} />
    </>
  );
}

function Steps({ source, address }: { readonly source: Source; readonly address: string }) {
  return (
    <>
      <h2>1. Paste this address at the sender</h2>
      <CopyField text={address} />
      <ol class="steps">
        {senderSteps(source.preset, address).map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <h2>2. Give the relay its secret</h2>
      <Secret source={source} />
      <h2>3. Let the sender post</h2>
      <p>
        Have it send a test, or make what it tells of happen.
        {canBeSigned(source) ? ' Or sign one here, with the secret as the sender has it:' : ''}
      </p>
      <TestEvent source={source} address={address} />
    </>
  );
}

function Secret({ source: { id, secretVariable, hasPreviousSecret } }: { readonly source: Source }) {
  const loaded = useLoad<SecretList>(can('secrets:rotate') ? '/admin/secrets' : null, { isLive: false });
  const name = `source/${id}`;
  const settable = loaded.value?.settable.find((each) => each.name === name);
  const versions = loaded.value?.secrets.find((each) => each.name === name)?.versions ?? [];
  const newest = versions[0];
  return (
    <>
      <p>
        {newest === undefined ? (
          <>
            It is the Worker secret <code>{secretVariable}</code>
            {hasPreviousSecret ? ', with the one before beside it' : ''}. Set here, it counts without a
            deploy.
          </>
        ) : (
          <>
            It is set here: version {newest.version}, <Time at={newest.createdAt} /> by {newest.createdBy}.
          </>
        )}{' '}
        It can be set, never read.
      </p>
      {loaded.failed === null ? null : <Failure failed={loaded.failed} reload={loaded.reload} />}
      {settable === undefined ? null : (
        <div class="acts">
          <SetSecret secret={{ ...settable, versions }} sources={[]} done={loaded.reload} />
        </div>
      )}
    </>
  );
}

function factsOf({ preset, scheme, topics, grants }: Source) {
  const mayRun =
    grants === null
      ? 'what its routes say'
      : grants === 'unavailable'
        ? 'cannot be had now'
        : grants.length === 0
          ? 'nothing'
          : grants.map(({ operation, target }) => `${operation} at ${target}`).join(', ');
  return [
    ['Preset', preset],
    ['Signature', scheme],
    ['Topics', topics === null ? 'any' : topics.join(', ')],
    ['May run', mayRun],
  ] as const;
}

type FirstProps = { readonly id: string; readonly isPosted: boolean };

function FirstWebhook({ id, isPosted }: FirstProps) {
  const loaded = useLoad<DeliveryPage>(`/admin/deliveries?source=${encodeURIComponent(id)}&limit=1`);
  return (
    <Show loaded={loaded}>
      {({ deliveries: [newest] }) =>
        newest === undefined ? (
          <p class="verdict waiting" role="status">
            {isPosted ? 'Waiting for the first webhook …' : 'Waiting for the first change …'}
          </p>
        ) : (
          <>
            <p class="verdict good" role="status">
              It works: the newest {isPosted ? 'webhook' : 'change'} came <Time at={newest.receivedAt} />.
            </p>
            <ul class="rows">
              <li>
                <DeliveryRow delivery={newest} />
              </li>
            </ul>
          </>
        )
      }
    </Show>
  );
}

function Refused({ id }: { readonly id: string }) {
  const loaded = useLoad<{ readonly rejectedRequests: readonly RejectedRequest[] }>(
    `/admin/rejected-requests?source=${encodeURIComponent(id)}&limit=10`,
  );
  const all = loaded.value?.rejectedRequests ?? [];
  if (loaded.value === null && loaded.failed !== null) return <Failure failed={loaded.failed} />;
  if (all.length === 0) return null;
  return (
    <section aria-label="Requests that were refused">
      <h2>Requests that were refused</h2>
      <Table
        caption="Requests that were refused"
        head={['When', 'At', 'Why', 'Detail']}
        rows={all.map(({ id: key, at, stage, reason, detail }) => ({
          key,
          cells: [<Time key="t" at={at} />, words(stage), words(reason), detail ?? ''],
        }))}
      />
    </section>
  );
}
