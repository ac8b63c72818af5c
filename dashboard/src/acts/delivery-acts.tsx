// What a person can do to one delivery in its state. Only acts that the state allows and the key may do are offered.

import { useState } from 'preact/hooks';
import { type Answer, post } from '../api.ts';
import { ActButton } from '../parts/act-dialog.tsx';
import { go, linkTo } from '../route.ts';
import { can } from '../session.ts';
import type { Story } from '../wire.ts';
import { EditAndReplay } from './edit-and-replay.tsx';

type ActsProps = { readonly story: Story; readonly done: () => void };

const ended = ['dead_lettered', 'succeeded', 'superseded', 'skipped', 'resolved'];
const waits = ['pending', 'scheduled'];
const blocking = ['held', 'dead_letter', 'prerequisite', 'prerequisite_dead'];

export function DeliveryActs({ story, done }: ActsProps) {
  const { status, waiting } = story;
  const isBlocked = blocking.includes(waiting?.cause ?? '');
  return (
    <div class="acts" role="group" aria-label="Acts">
      {ended.includes(status) ? <Replay story={story} /> : null}
      {ended.includes(status) && can('deliveries:replay') && can('payloads:read') ? (
        <EditAndReplay story={story} />
      ) : null}
      {status === 'held' ? <Release story={story} done={done} /> : null}
      {status === 'dead_lettered' ? <Resolve story={story} done={done} /> : null}
      {status === 'dead_lettered' || status === 'held' ? <Skip story={story} done={done} /> : null}
      {waits.includes(status) ? <Hold story={story} done={done} /> : null}
      {waits.includes(status) ? <Cancel story={story} done={done} /> : null}
      {isBlocked && status !== 'held' ? <Unblock story={story} done={done} /> : null}
    </div>
  );
}

function at({ id }: Story, act: string): string {
  return `/admin/deliveries/${encodeURIComponent(id)}/${act}`;
}

function Replay({ story }: { readonly story: Story }) {
  const run = async (reason: string): Promise<Answer<unknown>> => {
    const answer = await post<{ readonly deliveryId: string }>(at(story, 'replay'), { reason });
    if (answer.kind === 'ok') go(linkTo('deliveries', answer.value.deliveryId));
    return answer;
  };
  const says = (
    <p>
      A new delivery runs <strong>{story.operation}</strong> at <strong>{story.target}</strong> for{' '}
      {story.event.orderingKey}, with what the route makes of the event now. If the ERP did it already, its
      document is the answer, and nothing is done twice.
    </p>
  );
  return (
    <ActButton
      name="Replay"
      scope="deliveries:replay"
      says={says}
      undo="It cannot be called back. What the ERP did already is not done twice."
      run={run}
      done={() => {}}
      isNoteNeeded={false}
    />
  );
}

function Release({ story, done }: ActsProps) {
  const says = (
    <p>
      The held delivery goes on, as a probe where its operation is held. Do it after its cause was mended;
      else it is held again.
    </p>
  );
  return (
    <ActButton
      name="Release"
      scope="deliveries:manage"
      says={says}
      undo="It cannot be called back. What fails again is held again."
      run={(note) => post(at(story, 'release'), { note })}
      done={done}
    />
  );
}

function Resolve({ story, done }: ActsProps) {
  const [documentId, setDocumentId] = useState('');
  const run = (note: string) =>
    post(at(story, 'resolve'), {
      as: 'done',
      note,
      ...(documentId.trim() === '' ? {} : { documentId: documentId.trim() }),
    });
  const says = (
    <p>
      Says that somebody did <strong>{story.operation}</strong> for {story.event.orderingKey} by hand. The
      ledger keeps it, so that nothing does it again, and the line goes on.
    </p>
  );
  return (
    <ActButton
      name="Done by hand"
      scope="deliveries:manage"
      says={says}
      undo="It cannot be undone: what was done by hand is the truth from then on."
      run={run}
      done={done}
    >
      <label>
        The ERP's document (may be empty)
        <input value={documentId} onInput={(event) => setDocumentId(event.currentTarget.value)} />
      </label>
    </ActButton>
  );
}

function Skip({ story, done }: ActsProps) {
  const says = (
    <p>
      <strong>{story.operation}</strong> for {story.event.orderingKey} shall not be done. What waits behind it
      goes on.
    </p>
  );
  return (
    <ActButton
      name="Skip"
      scope="deliveries:manage"
      says={says}
      undo="Replay it: then it is done after all, behind what went ahead of it."
      run={(note) => post(at(story, 'skip'), { note })}
      done={done}
      isDangerous
    />
  );
}

function Hold({ story, done }: ActsProps) {
  const says = (
    <p>
      <strong>{story.operation}</strong> for {story.event.orderingKey} is not tried until somebody releases
      it, and what waits behind it waits on.
    </p>
  );
  return (
    <ActButton
      name="Hold"
      scope="deliveries:manage"
      says={says}
      undo="Release it: it goes on in its place."
      run={(note) => post(at(story, 'hold'), { note })}
      done={done}
    />
  );
}

function Cancel({ story, done }: ActsProps) {
  const says = (
    <p>
      <strong>{story.operation}</strong> for {story.event.orderingKey} is closed without being tried any more.
      Its line goes on. What earlier attempts may have done the ledger still knows.
    </p>
  );
  return (
    <ActButton
      name="Cancel it"
      scope="deliveries:manage"
      says={says}
      undo="Replay it: then it is done after all, behind what went ahead of it."
      run={(note) => post(at(story, 'cancel'), { note })}
      done={done}
      isDangerous
    />
  );
}

function Unblock({ story, done }: ActsProps) {
  const says = (
    <p>
      The line of <strong>{story.event.orderingKey}</strong> at {story.target} goes on past it. A dead letter
      stays one, to be replayed or closed later.
    </p>
  );
  return (
    <ActButton
      name="Unblock the line"
      scope="deliveries:manage"
      says={says}
      undo="What runs behind it meanwhile cannot be put behind it again."
      run={(note) => post(at(story, 'unblock'), { note })}
      done={done}
    />
  );
}
