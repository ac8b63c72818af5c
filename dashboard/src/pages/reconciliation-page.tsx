// Each source against its sender's own list: compared through when, what the last check found, which webhooks are gone. A range
// is compared by hand from here. Sources that name no list are said to be unwatched: their silence is seen by nobody.

import { ReconcileRange } from '../acts/reconcile-range.tsx';
import { inWords, words } from '../format.ts';
import { MissingEvents } from '../parts/missing-events.tsx';
import { Empty, Facts, Failure, Show, Time } from '../parts/parts.tsx';
import { linkTo } from '../route.ts';
import { useLoad } from '../use-load.ts';
import type { ReconcileRun, Reconciliation, Source } from '../wire-relay.ts';

export function ReconciliationPage() {
  const sources = useLoad<{ readonly sources: readonly Source[] }>('/admin/sources', { isLive: false });
  return (
    <>
      <h1>Reconciliation</h1>
      <p class="quiet">
        What the senders list against what came. What never came is brought in as an event like any other.
      </p>
      <Show loaded={sources}>{({ sources: all }) => <Sources sources={all} />}</Show>
    </>
  );
}

function Sources({ sources }: { readonly sources: readonly Source[] }) {
  const compared = sources.filter(({ reconciles }) => reconciles);
  const others = sources.filter(({ reconciles }) => !reconciles);
  return (
    <>
      {compared.length === 0 ? (
        <Empty>
          No source you see names its sender's list, so nobody would notice a webhook that never came. How one
          is named stands in docs/reconciliation.md.
        </Empty>
      ) : (
        <ul class="cards">
          {compared.map(({ id }) => (
            <li key={id} class="card">
              <SourceCard id={id} />
            </li>
          ))}
        </ul>
      )}
      {others.length === 0 || compared.length === 0 ? null : (
        <p class="quiet">Not compared, for they name no list: {others.map(({ id }) => id).join(', ')}.</p>
      )}
    </>
  );
}

function SourceCard({ id }: { readonly id: string }) {
  const loaded = useLoad<Reconciliation>(`/admin/sources/${encodeURIComponent(id)}/reconciliation`);
  return (
    <>
      <h2>
        <a href={linkTo('sources', id)}>{id}</a>
      </h2>
      {loaded.value !== null && loaded.failed?.kind === 'problem' ? <Failure failed={loaded.failed} /> : null}
      <Show loaded={loaded}>{(standing) => <Standing standing={standing} />}</Show>
      <ReconcileRange source={id} done={loaded.reload} />
    </>
  );
}

function Standing({ standing }: { readonly standing: Reconciliation }) {
  const { comparedThrough, checkedAt, everyMs, underWay, last, subscriptions, failure } = standing;
  return (
    <>
      {failure === null ? null : (
        <p class="notice bad" role="status">
          The sender's list could not be read since <Time at={failure.since} />: {failure.message}
        </p>
      )}
      {subscriptions === null || subscriptions.lost.length === 0 ? null : (
        <p class="notice bad" role="status">
          The sender has no active webhook any more for{' '}
          {subscriptions.lost.map(({ type, state }) => `${type} (${words(state)})`).join(', ')}.
        </p>
      )}
      <Facts
        rows={[
          [
            'Compared through',
            comparedThrough === null ? 'never yet' : <Time key="c" at={comparedThrough} />,
          ],
          ['Last check', checkedAt === null ? 'never yet' : <Time key="l" at={checkedAt} />],
          ['Every', inWords(everyMs / 1_000)],
          ['Under way', underWay === null ? 'no' : `${underWay.listedCount} listed so far`],
        ]}
      />
      {last === null ? <Empty>No check has ended yet.</Empty> : <LastRun run={last} />}
    </>
  );
}

function LastRun({ run }: { readonly run: ReconcileRun }) {
  const { missingCount } = run;
  return (
    <>
      <p class={`notice ${missingCount === 0 ? 'good' : 'warn'}`}>
        The last check found {missingCount === 0 ? 'nothing' : missingCount} missing of {run.listedCount}{' '}
        listed.
        {run.unreadableCount === 0 ? '' : ` ${run.unreadableCount} could not be read.`}
      </p>
      <MissingEvents run={run} />
    </>
  );
}
