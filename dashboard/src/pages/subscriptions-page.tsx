// Subscriptions: URLs that are told, signed, of what ended. How each stands, whether its receiver takes what it is sent, and the
// acts on it. A secret is shown once, when it is made.

import { useState } from 'preact/hooks';
import { MakeSubscription } from '../acts/make-subscription.tsx';
import { SubscriptionActs } from '../acts/subscription-acts.tsx';
import { ShownOnce } from '../parts/copy-field.tsx';
import { Badge, Empty, Facts, Failure, Show, Time } from '../parts/parts.tsx';
import { linkTo } from '../route.ts';
import { can } from '../session.ts';
import { useLoad } from '../use-load.ts';
import type { Subscription } from '../wire-access.ts';

type SubscriptionList = { readonly subscriptions: readonly Subscription[] };

export function SubscriptionsPage() {
  const loaded = useLoad<SubscriptionList>('/admin/subscriptions');
  const [made, setMade] = useState('');
  return (
    <>
      <div class="title">
        <h1>Subscriptions</h1>
        <MakeSubscription made={setMade} done={loaded.reload} />
      </div>
      <p class="quiet">URLs of yours that are told, signed, when an operation ended.</p>
      <ShownOnce what="The secret that verifies what is sent" text={made} putAway={() => setMade('')} />
      {loaded.value !== null && loaded.failed?.kind === 'problem' ? <Failure failed={loaded.failed} /> : null}
      <Show loaded={loaded}>
        {({ subscriptions }) =>
          subscriptions.length === 0 ? (
            <Empty>Nobody is told of anything yet.</Empty>
          ) : (
            <ul class="cards">
              {subscriptions.map((each) => (
                <li key={each.id} class="card">
                  <Card subscription={each} reload={loaded.reload} made={setMade} />
                </li>
              ))}
            </ul>
          )
        }
      </Show>
    </>
  );
}

type CardProps = {
  readonly subscription: Subscription;
  readonly reload: () => void;
  readonly made: (secret: string) => void;
};

function Card({ subscription, reload, made }: CardProps) {
  const { id, url, description, state, disabled, failing, createdAt, createdBy } = subscription;
  return (
    <>
      <h2>
        {url} <Badge word={failing === null || state !== 'active' ? state : 'failing'} />
      </h2>
      {description === '' ? null : <p>{description}</p>}
      {disabled === null ? null : (
        <p class="notice warn">
          Disabled <Time at={disabled.at} /> by {disabled.by}: {disabled.reason}
        </p>
      )}
      {state === 'owner_ended' ? (
        <p class="notice warn">The credential it belongs to has ended: it is told no more.</p>
      ) : null}
      {failing === null ? null : (
        <p class="notice bad">
          It has taken nothing since <Time at={failing.since} />: {failing.message}
        </p>
      )}
      <Facts
        rows={[
          ['Told of', subscription.types.join(', ')],
          ['Sources', subscription.sources?.join(', ') ?? 'every one'],
          ['Targets', subscription.targets?.join(', ') ?? 'every one'],
          ['Entities', subscription.entities?.join(', ') ?? 'every one'],
          [
            'Made',
            <span key="m">
              <Time at={createdAt} /> by {createdBy}
            </span>,
          ],
          ['Id', <code key="i">{id}</code>],
        ]}
      />
      {can('deliveries:read') ? (
        <p>
          <a href={linkTo('deliveries', null, { target: `subscriptions/${id}` })}>What was sent to it</a>
        </p>
      ) : null}
      <SubscriptionActs subscription={subscription} done={reload} made={made} />
    </>
  );
}
