// How a job on many deliveries stands: its progress, what it was refused, its end, and the button that cancels it. Looked at once
// a second while it runs, as often as it goes on.

import { useEffect, useState } from 'preact/hooks';
import { bulkActOf } from '../acts/bulk-acts.ts';
import { ask, describe, post } from '../api.ts';
import { inWords, words } from '../format.ts';
import { linkTo } from '../route.ts';
import type { BulkJob } from '../wire-bulk.ts';
import { ActButton } from './act-dialog.tsx';
import { Badge, Table } from './parts.tsx';

/** The job makes a step a second. */
const lookEveryMs = 1_000;

function useJob(started: BulkJob) {
  const [job, setJob] = useState(started);
  const [failed, setFailed] = useState('');
  const isRunning = job.status === 'running';
  const look = async () => {
    const answer = await ask<BulkJob>(`/admin/replays/${encodeURIComponent(started.id)}`);
    // It goes on without this page: what is not answered now is looked at again.
    setFailed(answer.kind === 'ok' ? '' : describe(answer));
    if (answer.kind === 'ok') setJob(answer.value);
  };
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => void look(), lookEveryMs);
    return () => clearInterval(timer);
  }, [isRunning]);
  return { job, failed, look };
}

export function BulkProgress({ started }: { readonly started: BulkJob }) {
  const { job, failed, look } = useJob(started);
  const { doing, scope } = bulkActOf(job.act);
  const { total, done, refused, status } = job;
  return (
    <>
      <progress
        aria-label={`Deliveries ${doing}`}
        {...(total === null ? {} : { max: Math.max(1, total), value: done + refused })}
      />
      <p role="status">
        <Badge word={status} /> {done} {total === null ? '' : `of ${total}`} {doing}
        {refused === 0 ? '' : `, ${refused} refused`}. {endOf(job)}
      </p>
      {failed === '' ? null : (
        <p class="notice bad" role="alert">
          {failed} The job goes on.
        </p>
      )}
      {status === 'running' ? (
        <div class="acts">
          <ActButton
            name="Cancel the job"
            scope={scope}
            says={<p>It stops within a second. What was {doing} by then stays so.</p>}
            undo="Start another with the same filter."
            run={(note) => post(`/admin/replays/${encodeURIComponent(job.id)}/cancel`, { note })}
            done={() => void look()}
          />
        </div>
      ) : null}
      <Refusals job={job} />
      <p class="quiet">
        <a href={linkTo('replays', job.id)}>{job.id}</a>, started by {job.actor}: {job.reason}
      </p>
    </>
  );
}

function endOf({ act, status, problem, cancelled, estimatedEndAt }: BulkJob): string {
  switch (status) {
    case 'running': {
      if (estimatedEndAt === null) return 'It has begun.';
      const seconds = Math.max(0, Math.ceil((Date.parse(estimatedEndAt) - Date.now()) / 1_000));
      return `Some ${inWords(seconds)} left.`;
    }
    case 'succeeded':
      return act === 'replay'
        ? 'They run now; what fails again comes back as a dead letter.'
        : 'That was all.';
    case 'cancelled':
      return cancelled === undefined
        ? `It was stopped: ${problem?.message ?? 'its credential has ended'}. The rest is as it was.`
        : `Cancelled by ${cancelled.by}: ${cancelled.note}. The rest is as it was.`;
    case 'failed':
      return `It stopped: ${problem?.message ?? 'unknown'}. The rest is as it was.`;
  }
}

function Refusals({ job: { refusals } }: { readonly job: BulkJob }) {
  if (refusals.length === 0) return null;
  return (
    <details>
      <summary>What was refused</summary>
      <Table
        caption="What was refused"
        head={['Delivery', 'Why']}
        rows={refusals.map(({ deliveryId, reason }) => ({
          key: deliveryId,
          cells: [
            <a key="d" href={linkTo('deliveries', deliveryId)}>
              {deliveryId}
            </a>,
            words(reason),
          ],
        }))}
      />
    </details>
  );
}
