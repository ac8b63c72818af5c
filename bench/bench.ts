// `npm run bench`: the relay beside what people would use instead, in one run on this machine. Asserts nothing absolute; prints
// the targets as ratios. It ends every process it started.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { readOptions, repository } from '../scripts/local/command.ts';
import { endWithParent } from '../scripts/local/end-with-parent.ts';
import { measureLists, renderLists } from './lists/measure-lists.ts';
import { benchSecret } from './load/orders.ts';
import { type Sink, startSink } from './load/sink.ts';
import { measureModuleStart } from './measure/module-start.ts';
import { runRounds } from './measure/rounds.ts';
import { runSoak } from './measure/soak.ts';
import { agreementOf, type KeptRun } from './report/agreement.ts';
import { type Results, renderResults } from './report/render-results.ts';
import { targetsOf } from './report/targets.ts';
import { type Candidate, candidates, floorSystem, relayName } from './systems/catalogue.ts';
import { type RunningSystem, startSystem } from './systems/system.ts';

const usage = `npm run bench -- [options]

  --rounds N    how often each system is measured (default: 3)
  --only A,B    only systems whose names begin so, e.g. "holdfast,batch spike"
  --no-write    print the results and leave bench/RESULTS.md as it is
  --break-sink  the sink takes one event in 300 down twice: the runs have to be void, and the command fails
  --lists N     instead: how long lists, their filters and one delivery take with N deliveries in the journal (100000 is the target's)
  --days D      with --lists: over how many days they came (default: 30)
  --soak N      instead: N events through the relay, its memory and its database at each tenth (200000 is the target's)
`;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

type Stage = { readonly sink: Sink; readonly running: RunningSystem[] };

/** Starts what can be started; the rest is left out with its reason. */
async function startAll(stage: Stage, wanted: readonly Candidate[]): Promise<Results['skipped']> {
  const skipped: { name: string; reason: string }[] = [];
  for (const candidate of wanted) {
    const found = candidate.needs.map((find) => find());
    const absent = found.find((each) => each.kind === 'absent');
    if (absent !== undefined) {
      skipped.push({ name: candidate.name, reason: absent.reason });
      say(`left out  ${candidate.name}: ${absent.reason}`);
      continue;
    }
    const environments = found.flatMap((each) => (each.kind === 'found' ? [each.environment] : []));
    const environment = Object.assign(baseEnvironment(stage.sink), ...environments) as Record<string, string>;
    const system = await startSystem(candidate, environment);
    stage.running.push(system);
    say(`started   ${candidate.name} in ${(system.startMs / 1_000).toFixed(1)} s`);
  }
  return skipped;
}

/** How long all may take, ms, the start of the module apart, which is measured last: less than four minutes. */
const longestMs = 225_000;

const baseEnvironment = (sink: Sink) => ({ SINK_URL: sink.url, BENCH_SECRET: benchSecret });

function machine(): Record<string, string> {
  const revision = () => {
    try {
      return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
        cwd: repository,
        encoding: 'utf8',
      }).trim();
    } catch {
      return 'unknown';
    }
  };
  return {
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB`,
    system: `Linux ${release()}, Node ${process.versions.node}`,
    revision: revision(),
  };
}

async function compare(
  stage: Stage,
  options: { rounds: number; only: readonly string[] },
): Promise<Omit<Results, 'agreement'>> {
  const { sink, running } = stage;
  const began = performance.now();
  // Others at work on the machine make every number worse, and not all alike: then run it again.
  const loadBefore = (loadavg()[0] ?? 0).toFixed(2);
  const ownBefore = process.cpuUsage();
  const isWanted = ({ name }: Candidate) =>
    options.only.length === 0 || options.only.some((start) => name.startsWith(start));
  const skipped = await startAll(stage, candidates.filter(isWanted));
  const floorWorker = await startSystem(floorSystem, baseEnvironment(sink));
  running.push(floorWorker);
  const systemsUnderTest = running.filter((system) => system !== floorWorker);
  const { systems, floors, rounds } = await runRounds(
    sink,
    { systems: systemsUnderTest, floorWorker },
    { rounds: options.rounds, endBy: began + longestMs, pacedEvents: 300, say },
  );
  if (rounds < options.rounds) say(`${rounds} of ${options.rounds} rounds: the time was over`);
  const moduleStartMs = await measureModuleStart();
  const own = process.cpuUsage(ownBefore);
  const events = systems.reduce((sum, { bursts }) => sum + bursts.length, 0) * 3_300;
  return {
    date: new Date().toISOString(),
    machine: { ...machine(), 'load before the run': loadBefore },
    rounds,
    seconds: (performance.now() - began) / 1_000,
    generator: { cpuMsPerEvent: (own.user + own.system) / 1_000 / Math.max(1, events) },
    ...{
      systems,
      floors,
      skipped,
      moduleStartMs,
      targets: targetsOf({ results: systems, floors, moduleStartMs }),
    },
  };
}

const jsonFile = join(repository, 'bench/results.json');

/** The run that stands in the repository, where there is one and it was made on a machine like this. */
function runBefore(machineNow: Results['machine']): KeptRun | null {
  if (!existsSync(jsonFile)) return null;
  const run = JSON.parse(readFileSync(jsonFile, 'utf8')) as KeptRun;
  return run.machine.machine === machineNow.machine ? run : null;
}

function write(results: Results, rendered: string): void {
  const { systems, agreement, ...rest } = results;
  const kept = systems.map(({ paces, hotOrders, ...figures }) => figures);
  writeFileSync(jsonFile, `${JSON.stringify({ ...rest, systems: kept }, null, 2)}\n`);
  writeFileSync(join(repository, 'bench/RESULTS.md'), rendered);
}

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const values = readOptions(
    { rounds: text, only: text, soak: text, lists: text, days: text, 'break-sink': flag, 'no-write': flag },
    usage,
  );
  if (values.lists !== undefined) {
    process.stdout.write(
      renderLists(
        await measureLists({ deliveries: Number(values.lists), days: Number(values.days ?? '30'), say }),
      ),
    );
    return 0;
  }
  const stage: Stage = { sink: await startSink(), running: [] };
  if (values['break-sink'] === true) stage.sink.doubleEvery = 300;
  try {
    if (values.soak !== undefined) {
      const relay = candidates.filter(({ name }) => name === relayName);
      await startAll(stage, relay);
      const [system] = stage.running;
      if (system !== undefined) await runSoak(stage.sink, system, { events: Number(values.soak), say });
      return 0;
    }
    const only = values.only?.split(',').map((name) => name.trim()) ?? [];
    const measured = await compare(stage, { rounds: Number(values.rounds ?? '3'), only });
    const before = runBefore(measured.machine);
    const results = {
      ...measured,
      agreement: before === null ? null : agreementOf(before, measured.targets),
    };
    const rendered = renderResults(results);
    process.stdout.write(`\n${rendered}`);
    const voids = results.systems.flatMap((system) => system.voids);
    const isWhole = only.length === 0 && voids.length === 0;
    if (values['no-write'] !== true && isWhole) write(results, rendered);
    return voids.length === 0 ? 0 : 1;
  } finally {
    await Promise.all(stage.running.map((system) => system.stop()));
    await stage.sink.close();
  }
}

endWithParent();
process.exit(await main());
