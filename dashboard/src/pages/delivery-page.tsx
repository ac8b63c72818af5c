// The story of one delivery: what came, what was tried and answered, how it ended or what it waits for, and what else happened
// to the same thing. What the key may not see is absent, and said to be.

import { DeliveryActs } from '../acts/delivery-acts.tsx';
import { words } from '../format.ts';
import { DeliveryRow } from '../parts/delivery-list.tsx';
import { Badge, Empty, Facts, Failure, Json, Show, Time } from '../parts/parts.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { linkTo } from '../route.ts';
import { useLoad } from '../use-load.ts';
import type { Story } from '../wire.ts';

export function DeliveryPage({ id }: { readonly id: string }) {
  const loaded = useLoad<Story>(`/admin/deliveries/${encodeURIComponent(id)}`);
  return (
    <>
      <p>
        <a href={linkTo('deliveries')}>← Deliveries</a>
      </p>
      <h1>{id}</h1>
      {loaded.value !== null && loaded.failed?.kind === 'problem' ? <Failure failed={loaded.failed} /> : null}
      <Show loaded={loaded}>{(story) => <Told story={story} reload={loaded.reload} />}</Show>
    </>
  );
}

function Told({ story, reload }: { readonly story: Story; readonly reload: () => void }) {
  const { redacted = [] } = story;
  return (
    <>
      <p class="lead">
        <Badge word={story.status} /> {story.code === null ? whyOf(story) : <strong>{story.code}</strong>}{' '}
        {story.message}
      </p>
      <Waits story={story} />
      <DeliveryActs story={story} done={reload} />
      <Facts rows={factsOf(story)} />
      {redacted.length === 0 ? null : <p class="notice">Your key does not show: {redacted.join(', ')}.</p>}
      <h2>What happened</h2>
      <Timeline story={story} />
      <h2>The event as it came</h2>
      <EventBody story={story} />
      <h2>Of the same {story.event.orderingKey}</h2>
      {story.related.length === 0 ? (
        <Empty>Nothing else.</Empty>
      ) : (
        <ul class="rows">
          {[...story.related].reverse().map((delivery) => (
            <li key={delivery.id}>
              <DeliveryRow delivery={delivery} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** What succeeded simply has no more to say. */
function whyOf({ status, reason }: Story): string {
  return reason === null || reason === status ? '' : words(reason);
}

function Waits({ story: { waiting } }: { readonly story: Story }) {
  if (waiting === null || waiting.cause === 'ready' || waiting.cause === 'leased') return null;
  const { cause, on, until, reason } = waiting;
  const isDelivery = on?.startsWith('dlv_') ?? false;
  return (
    <p class="notice warn" role="status">
      Does not run: <strong>{words(cause)}</strong>
      {reason === undefined ? '' : ` (${words(reason)})`}
      {on === null || on === undefined ? '' : ' on '}
      {on === null || on === undefined ? null : isDelivery ? <a href={linkTo('deliveries', on)}>{on}</a> : on}
      {until === null ? '' : `, until ${new Date(until).toLocaleTimeString()}`}.
    </p>
  );
}

function factsOf(story: Story) {
  const { event, document } = story;
  const rows: (readonly [string, preact.ComponentChildren])[] = [
    [
      'Source',
      <a key="s" href={linkTo('sources', event.source)}>
        {event.source}
      </a>,
    ],
    ['Event', `${event.type} · ${event.eventId}`],
    [
      'Ordering key',
      <a key="k" href={linkTo('deliveries', null, { orderingKey: event.orderingKey })}>
        {event.orderingKey}
      </a>,
    ],
    ['Operation', `${story.operation} at ${story.target}`],
    ['Route', story.route],
    ['Operation key', <code key="o">{story.operationKey}</code>],
    ['Attempts', String(story.attemptCount)],
    ['Received', <Time key="r" at={story.receivedAt} isExact />],
  ];
  if (document !== null)
    rows.unshift([
      'ERP document',
      [document.documentNumber, document.documentId, document.state]
        .filter((part) => part !== null && part !== undefined && part !== '')
        .join(' · '),
    ]);
  if (story.replay !== null)
    rows.push(
      [
        'Replays',
        <a key="p" href={linkTo('deliveries', story.replay.of)}>
          {story.replay.of}
        </a>,
      ],
      ['Replayed by', `${story.replay.actor}: ${story.replay.reason}`],
    );
  if (story.resolvedBy !== null) rows.push(['Resolved by', story.resolvedBy]);
  if (story.ledger !== null) rows.push(['Ledger', words(story.ledger.effect)]);
  return rows;
}

function EventBody({ story: { event } }: { readonly story: Story }) {
  if (event.body === undefined && event.parsed === undefined)
    return <Empty>Your key does not show payloads.</Empty>;
  if (event.body === null) return <Empty>Retention has removed the body.</Empty>;
  return (
    <>
      <Json value={event.parsed ?? event.body?.content ?? ''} label="Body of the event" />
      {event.headers === undefined || event.headers === null ? null : (
        <details>
          <summary>Headers</summary>
          <Json value={event.headers} label="Headers of the event" />
        </details>
      )}
    </>
  );
}
