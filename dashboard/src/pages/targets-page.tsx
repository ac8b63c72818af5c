// Targets: the ERPs operations run on, how each is doing, and the acts on each at hand. More of one is on its own page.

import { TargetActs } from '../acts/target-acts.tsx';
import { Badge, Empty, Facts, Failure, Show, Time } from '../parts/parts.tsx';
import { linkTo } from '../route.ts';
import { useLoad } from '../use-load.ts';
import type { Target } from '../wire-relay.ts';

export type TargetList = { readonly targets: readonly Target[] };

export function TargetsPage() {
  const loaded = useLoad<TargetList>('/admin/targets');
  return (
    <>
      <h1>Targets</h1>
      {loaded.value !== null && loaded.failed?.kind === 'problem' ? <Failure failed={loaded.failed} /> : null}
      <Show loaded={loaded}>
        {({ targets }) =>
          targets.length === 0 ? (
            <Empty>Your key sees no target.</Empty>
          ) : (
            <ul class="cards">
              {targets.map((target) => (
                <li key={target.id} class="card">
                  <TargetCard target={target} done={loaded.reload} />
                </li>
              ))}
            </ul>
          )
        }
      </Show>
    </>
  );
}

export function stateOf({ pause, circuit }: Target): string {
  return pause !== null && pause !== undefined ? 'paused' : (circuit?.state ?? 'unavailable');
}

type CardProps = { readonly target: Target; readonly done: () => void };

function TargetCard({ target, done }: CardProps) {
  const { id, adapter, baseUrl, inFlight, heldOperations } = target;
  const rows: (readonly [string, string])[] = [
    ['Adapter', `${adapter.name} ${adapter.version} (${adapter.level})`],
  ];
  if (baseUrl) rows.push(['At', baseUrl]);
  if (inFlight !== undefined) rows.push(['Places granted', String(inFlight)]);
  if (heldOperations !== null && heldOperations !== undefined && heldOperations.length > 0)
    rows.push(['Held operations', heldOperations.map(({ operation }) => operation).join(', ')]);
  return (
    <>
      <h2>
        <a href={linkTo('targets', id)}>{id}</a> <Badge word={stateOf(target)} />
      </h2>
      <Standing target={target} />
      <Facts rows={rows} />
      <TargetActs target={target} done={done} />
    </>
  );
}

/** What keeps it from taking anything, where something does. */
export function Standing({
  target: { pause, unauthorized, circuit, throttledUntil },
}: {
  readonly target: Target;
}) {
  return (
    <>
      {pause === null || pause === undefined ? null : (
        <p class="notice warn">
          Paused <Time at={pause.at} />
          {pause.actor === undefined ? '' : ` by ${pause.actor}`}
          {pause.note === undefined ? '' : `: ${pause.note}`}
        </p>
      )}
      {unauthorized === null || unauthorized === undefined ? null : (
        <p class="notice bad">
          It refuses its credential since <Time at={unauthorized.at} />. Set a good one, then release what is
          held.
        </p>
      )}
      {circuit?.reason === null || circuit?.reason === undefined ? null : (
        <p class={`notice ${circuit.state === 'open' ? 'bad' : 'warn'}`}>
          The circuit: {circuit.reason}
          {circuit.nextProbeAt === null ? '' : `. The next probe is at ${timeOfDay(circuit.nextProbeAt)}`}
        </p>
      )}
      {throttledUntil === null || throttledUntil === undefined ? null : (
        <p class="notice warn">It asked to be left alone until {timeOfDay(throttledUntil)}.</p>
      )}
    </>
  );
}

function timeOfDay(iso: string): string {
  return new Date(iso).toLocaleTimeString();
}
