// Targets: how each ERP stands, and what a person does to it: pause, resume, open or close its circuit, send on what is held.

import { post } from '../api.ts';
import { ActButton } from '../parts/act-dialog.tsx';
import { Badge, Facts, Failure, Show, Time } from '../parts/parts.tsx';
import { linkTo } from '../route.ts';
import { useLoad } from '../use-load.ts';
import type { Target } from '../wire.ts';

export function TargetsPage() {
  const loaded = useLoad<{ readonly targets: readonly Target[] }>('/admin/targets');
  return (
    <>
      <h1>Targets</h1>
      {loaded.value !== null && loaded.failed?.kind === 'problem' ? <Failure failed={loaded.failed} /> : null}
      <Show loaded={loaded}>
        {({ targets }) => (
          <ul class="cards">
            {targets.map((target) => (
              <li key={target.id} class="card">
                <TargetCard target={target} done={loaded.reload} />
              </li>
            ))}
          </ul>
        )}
      </Show>
    </>
  );
}

type CardProps = { readonly target: Target; readonly done: () => void };

function TargetCard({ target, done }: CardProps) {
  const { id, adapter, baseUrl, circuit, pause, unauthorized, inFlight, heldOperations = [] } = target;
  const isPaused = pause !== null && pause !== undefined;
  const rows = [
    ['Adapter', `${adapter.name} ${adapter.version} (${adapter.level})`],
    ...(baseUrl ? [['At', baseUrl]] : []),
    ...(inFlight === undefined ? [] : [['In flight', String(inFlight)]]),
    ...(circuit?.reason === null || circuit?.reason === undefined
      ? []
      : [['Why the circuit is so', circuit.reason]]),
    ...(heldOperations.length === 0
      ? []
      : [['Held operations', heldOperations.map(({ operation }) => operation).join(', ')]]),
  ] as unknown as readonly (readonly [string, string])[];
  return (
    <>
      <h2>
        {id} <Badge word={isPaused ? 'paused' : (circuit?.state ?? 'unavailable')} />
      </h2>
      {isPaused ? (
        <p class="notice warn">
          Paused <Time at={pause.at} />
          {pause.note === undefined ? '' : `: ${pause.note}`}
        </p>
      ) : null}
      {unauthorized === null || unauthorized === undefined ? null : (
        <p class="notice bad">
          It refuses its credential since <Time at={unauthorized.at} />. Set a good one, then release what is
          held.
        </p>
      )}
      <Facts rows={rows} />
      <p>
        <a href={linkTo('deliveries', null, { target: id })}>Its deliveries</a>
      </p>
      <TargetActs target={target} done={done} />
    </>
  );
}

function TargetActs({ target: { id, circuit, pause }, done }: CardProps) {
  const isPaused = pause !== null && pause !== undefined;
  const to = (act: string, body: object) => post(`/admin/targets/${encodeURIComponent(id)}/${act}`, body);
  const scope = 'targets:manage';
  return (
    <div class="acts" role="group" aria-label={`Acts on ${id}`}>
      {isPaused ? (
        <ActButton
          name="Resume"
          scope={scope}
          says={<p>Deliveries to {id} go on at once.</p>}
          run={(note) => to('resume', { note })}
          done={done}
        />
      ) : (
        <ActButton
          name="Pause"
          scope={scope}
          says={
            <p>
              No delivery to {id} starts any more, of any source. Nothing is lost and nothing costs an
              attempt. Undo it with Resume.
            </p>
          }
          run={(note) => to('pause', { note })}
          done={done}
          isDangerous
        />
      )}
      {circuit?.state === 'closed' ? (
        <ActButton
          name="Open the circuit"
          scope={scope}
          says={
            <p>
              {id} is taken to be down, and no probe is made until you close the circuit. Undo it with Close
              the circuit.
            </p>
          }
          run={(note) => to('circuit', { state: 'open', note })}
          done={done}
          isDangerous
        />
      ) : (
        <ActButton
          name="Close the circuit"
          scope={scope}
          says={
            <p>Deliveries to {id} go on at once, at a ramp. If it is still down, the circuit opens again.</p>
          }
          run={(note) => to('circuit', { state: 'closed', note })}
          done={done}
        />
      )}
      <ActButton
        name="Release what is held"
        scope={scope}
        says={
          <p>
            {id} is logged in to, then all deliveries held for it go on. Do it after the cause was mended.
          </p>
        }
        run={(note) => to('release', { note })}
        done={done}
      />
    </div>
  );
}
