// What happened to a delivery, in order: received, planned, each attempt with every request and answer, and its end. Where the
// input of an attempt differs from the one before, the difference is shown.

import { durationOf, pretty, words } from '../format.ts';
import type { Attempt, Exchange, Story } from '../wire.ts';
import { Diff } from './diff.tsx';
import { Badge, Json, Time } from './parts.tsx';

export function Timeline({ story }: { readonly story: Story }) {
  const { event, attempts } = story;
  const last = attempts.at(-1);
  return (
    <ol class="timeline">
      {event.occurredAt === null ? null : (
        <li>
          <Time at={event.occurredAt} isExact /> It happened at the sender.
        </li>
      )}
      <li>
        <Time at={event.receivedAt} isExact /> The webhook came and was verified (request {event.requestId}).
      </li>
      <li>
        <Time at={story.createdAt} isExact />{' '}
        {story.replay === null
          ? 'The delivery was planned.'
          : `${story.replay.actor} replayed it${story.replay.edited ? ' with an edited input' : ''}.`}
      </li>
      {attempts.map((attempt, index) => (
        <li key={`${attempt.number}/${attempt.epoch}/${attempt.mode}`}>
          <AttemptPart attempt={attempt} before={attempts[index - 1] ?? null} isOpen={attempt === last} />
        </li>
      ))}
      <li>
        <Time at={story.updatedAt} isExact /> <Badge word={story.status} /> {story.message}
      </li>
    </ol>
  );
}

type AttemptProps = { readonly attempt: Attempt; readonly before: Attempt | null; readonly isOpen: boolean };

function AttemptPart({ attempt, before, isOpen }: AttemptProps) {
  const { number, mode, startedAt, endedAt, outcome, input, exchanges = [] } = attempt;
  const took = Date.parse(endedAt) - Date.parse(startedAt);
  const isChanged = before !== null && before.input !== undefined && pretty(before.input) !== pretty(input);
  return (
    <details open={isOpen}>
      <summary>
        <Time at={startedAt} isExact /> Attempt {number} ({words(mode)}): <Badge word={outcome.kind} /> in{' '}
        {durationOf(took)}
      </summary>
      <div class="attempt">
        <h3>Outcome</h3>
        <Json value={outcome} label={`Outcome of attempt ${number}`} />
        {input === undefined || input === null ? null : (
          <>
            <h3>{isChanged ? 'Input, against the attempt before' : 'Input'}</h3>
            {isChanged ? (
              <Diff before={before.input} after={input} label={`Input of attempt ${number}`} />
            ) : (
              <Json value={input} label={`Input of attempt ${number}`} />
            )}
          </>
        )}
        {exchanges.map((exchange, index) => (
          <ExchangePart key={exchange.at} exchange={exchange} name={`${number}.${index + 1}`} />
        ))}
      </div>
    </details>
  );
}

function ExchangePart({ exchange, name }: { readonly exchange: Exchange; readonly name: string }) {
  const { request, response, failure, durationMs } = exchange;
  return (
    <section>
      <h3>
        {request.method} {request.url}
      </h3>
      <p>
        {response === null ? <strong>no answer: {failure}</strong> : <strong>{response.status}</strong>} after{' '}
        {durationOf(durationMs)}
      </p>
      <div class="beside">
        {request.body === null ? null : <Json value={request.body} label={`Request ${name}`} />}
        {response?.body === null || response === null ? null : (
          <Json value={response.body} label={`Answer ${name}`} />
        )}
      </div>
    </section>
  );
}
