// What is done to a subscription: a test is sent, its secret rotated, it is stopped and let go on, or removed. Each says what it
// touches; a new secret is shown once, by the page.

import { useRef, useState } from 'preact/hooks';
import { post, remove } from '../api.ts';
import { ActButton } from '../parts/act-dialog.tsx';
import { OverlapField } from '../parts/fields.tsx';
import { say } from '../parts/said.tsx';
import type { MadeSubscription, Subscription, TestSent } from '../wire-access.ts';

type SubscriptionActsProps = {
  readonly subscription: Subscription;
  readonly done: () => void;
  readonly made: (secret: string) => void;
};

const scope = 'subscriptions:manage';
const at = (id: string, act = ''): string =>
  `/admin/subscriptions/${encodeURIComponent(id)}${act === '' ? '' : `/${act}`}`;

export function SubscriptionActs({ subscription, done, made }: SubscriptionActsProps) {
  return (
    <div class="acts" role="group" aria-label={`Acts on ${subscription.url}`}>
      <Test subscription={subscription} done={done} />
      <Rotate subscription={subscription} done={done} made={made} />
      <StopOrGoOn subscription={subscription} done={done} />
      <Remove subscription={subscription} done={done} />
    </div>
  );
}

type ActProps = Omit<SubscriptionActsProps, 'made'>;

function Test({ subscription: { id, url }, done }: ActProps) {
  const came = useRef('');
  const run = async (reason: string) => {
    const answer = await post<TestSent>(at(id, 'test'), { reason });
    if (answer.kind === 'ok') came.current = inWords(answer.value);
    return answer;
  };
  return (
    <ActButton
      name="Send a test"
      scope={scope}
      says={
        <p>
          A signed <code>subscription.test</code> is sent to {url} now, and what comes back is shown here.
        </p>
      }
      undo="There is nothing to undo: it tells of nothing that happened."
      run={run}
      done={() => {
        say(came.current);
        done();
      }}
    />
  );
}

function inWords({ status, taken, message }: TestSent): string {
  const answer = status === null ? 'nothing' : `status ${status}`;
  return taken ? `The test was taken: ${answer}.` : `The test was not taken: ${message ?? answer}.`;
}

function Rotate({ subscription: { id, url }, done, made }: SubscriptionActsProps) {
  const [overlap, setOverlap] = useState('86400');
  const run = async (reason: string) => {
    const body = { overlapSeconds: Number(overlap), reason };
    const answer = await post<MadeSubscription>(at(id, 'rotate'), body);
    if (answer.kind === 'ok') made(answer.value.secret);
    return answer;
  };
  return (
    <ActButton
      name="Rotate the secret"
      scope={scope}
      says={<p>What is sent to {url} is signed with a new secret, shown this once; for a while with both.</p>}
      undo="It cannot be undone. Rotate again to end a secret that was seen by others."
      run={run}
      done={done}
    >
      <OverlapField value={overlap} set={setOverlap} />
    </ActButton>
  );
}

function StopOrGoOn({ subscription: { id, url, state }, done }: ActProps) {
  return state === 'disabled' ? (
    <ActButton
      name="Enable"
      scope={scope}
      says={
        <p>
          {url} is told again of what ends from now on. What became a dead letter while it was disabled can be
          replayed.
        </p>
      }
      undo="Disable it."
      run={(reason) => post(at(id, 'enable'), { reason })}
      done={done}
    />
  ) : (
    <ActButton
      name="Disable"
      scope={scope}
      says={<p>{url} is told of nothing any more. What ends meanwhile is not kept for it.</p>}
      undo="Enable it."
      run={(reason) => post(at(id, 'disable'), { reason })}
      done={done}
      isDangerous
    />
  );
}

function Remove({ subscription: { id, url }, done }: ActProps) {
  return (
    <ActButton
      name="Remove"
      scope={scope}
      says={<p>{url} is told no more, and its secret is gone.</p>}
      undo="It cannot be undone; make a new one."
      run={(reason) => remove(at(id), { reason })}
      done={done}
      isDangerous
    />
  );
}
