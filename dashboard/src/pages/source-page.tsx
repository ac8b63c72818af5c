// Setting a source up: the address to paste at the sender, its secret, and the first webhook, which turns the page green. A
// request that was refused says why, so that a wrong secret is found at once.

import { useState } from 'preact/hooks';
import { ask } from '../api.ts';
import { words } from '../format.ts';
import { ActButton } from '../parts/act-dialog.tsx';
import { DeliveryRow } from '../parts/delivery-list.tsx';
import { Facts, Show, Table, Time } from '../parts/parts.tsx';
import { linkTo } from '../route.ts';
import { can } from '../session.ts';
import { useLoad } from '../use-load.ts';
import type { DeliveryPage, RejectedRequest, Source } from '../wire.ts';

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
            <SetUp source={source} />
          );
        }}
      </Show>
    </>
  );
}

function SetUp({ source }: { readonly source: Source }) {
  const { id, preset, scheme, topics, secretVariable, ingestPath } = source;
  return (
    <>
      <h2>1. Paste this address at the sender</h2>
      <CopyField text={`${location.origin}${ingestPath}`} />
      <Facts
        rows={[
          ['Preset', preset],
          ['Signature', scheme],
          ['Topics', topics === null ? 'any' : topics.join(', ')],
        ]}
      />
      <h2>2. Give the relay its secret</h2>
      <p>
        It is the Worker secret <code>{secretVariable}</code>, or set here without a deploy. It can be set,
        never read.
      </p>
      <SecretAct id={id} />
      <h2>3. Let the sender post</h2>
      {can('deliveries:read') ? (
        <FirstWebhook id={id} />
      ) : (
        <p class="notice">Your key does not see deliveries.</p>
      )}
      <Refused id={id} />
    </>
  );
}

function CopyField({ text }: { readonly text: string }) {
  const [says, setSays] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSays('Copied.');
    } catch {
      setSays('Mark it and copy it by hand.');
    }
  };
  return (
    <div class="copy">
      <code>{text}</code>
      <button type="button" onClick={() => void copy()}>
        Copy
      </button>
      <span role="status">{says}</span>
    </div>
  );
}

function SecretAct({ id }: { readonly id: string }) {
  const [secret, setSecret] = useState('');
  const run = (reason: string) =>
    ask(`/admin/secrets/source/${encodeURIComponent(id)}`, {
      method: 'PUT',
      body: { values: { secret }, reason },
    });
  const says = (
    <p>The relay takes what {id} signs with this secret from now on; the one before stays good for a day.</p>
  );
  return (
    <ActButton name="Set the secret" scope="secrets:rotate" says={says} run={run} done={() => setSecret('')}>
      <label>
        Secret
        <input
          type="password"
          autoComplete="off"
          required
          value={secret}
          onInput={(event) => setSecret(event.currentTarget.value)}
        />
      </label>
    </ActButton>
  );
}

function FirstWebhook({ id }: { readonly id: string }) {
  const loaded = useLoad<DeliveryPage>(`/admin/deliveries?source=${encodeURIComponent(id)}&limit=1`);
  return (
    <Show loaded={loaded}>
      {({ deliveries: [newest] }) =>
        newest === undefined ? (
          <p class="verdict" role="status">
            Waiting for the first webhook …
          </p>
        ) : (
          <>
            <p class="verdict good" role="status">
              It works: the newest webhook came <Time at={newest.receivedAt} />.
            </p>
            <ul class="rows">
              <li>
                <DeliveryRow delivery={newest} />
              </li>
            </ul>
            <p>
              <a href={linkTo('deliveries', null, { source: id })}>All its deliveries</a>
            </p>
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
