// The soak: many events through one relay, its memory at each tenth. Flat means that the second half's median is within a fifth of
// the first half's, the first tenth apart: the runtime's heap grows to its working size first.

import { memoryMb } from '../load/processes.ts';
import type { Sink } from '../load/sink.ts';
import { spreadOf } from '../report/statistics.ts';
import type { RunningSystem } from '../systems/system.ts';
import { measureBurst } from './bursts.ts';

const tenths = 10;

/** A burst of the soak: small enough that the sink's own memory stays small. */
const burstEvents = 2_000;

export async function runSoak(
  sink: Sink,
  system: RunningSystem,
  { events, say }: { readonly events: number; readonly say: (line: string) => void },
): Promise<void> {
  const perTenth = Math.ceil(events / tenths / burstEvents) * burstEvents;
  const samples: number[] = [];
  say(`start     ${Math.round(memoryMb(system.pid))} MB`);
  for (let tenth = 1; tenth <= tenths; tenth += 1) {
    const within: number[] = [];
    const rates: number[] = [];
    for (let sent = 0; sent < perTenth; sent += burstEvents) {
      const burst = await measureBurst(sink, system, { count: burstEvents, sinkMs: 0 });
      if (burst.kind === 'void')
        throw new Error(`void after ${(tenth - 1) * perTenth + sent}: ${burst.reason}`);
      within.push(burst.figures.memoryMb);
      rates.push(burst.figures.deliveredPerSecond);
    }
    const memory = spreadOf(within)?.median ?? Number.NaN;
    samples.push(memory);
    const rate = Math.round(spreadOf(rates)?.median ?? Number.NaN);
    say(`${String(tenth * perTenth).padStart(7)} events  ${Math.round(memory)} MB  ${rate} delivered/s`);
  }
  const early = spreadOf(samples.slice(1, 5))?.median ?? Number.NaN;
  const late = spreadOf(samples.slice(5))?.median ?? Number.NaN;
  const verdict = late <= early * 1.2 ? 'flat' : 'GROWING';
  process.stdout.write(
    `memory ${verdict}: ${Math.round(early)} MB in the first half, ${Math.round(late)} MB after\n`,
  );
}
