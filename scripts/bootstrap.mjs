// Runs a TypeScript script of this folder on the Node version that the lock file pins, from a bare clone on.
// It may import nothing but Node's own modules and must run on Node 20: it is what installs everything else.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = dirname(dirname(fileURLToPath(import.meta.url)));
const binaries = join(repository, 'node_modules', '.bin');
const pinnedNode = join(binaries, 'node');

/** How often a command looks whether the npm that started it is still there, ms: an orphan lives this long at most. */
const ancestorCheckEveryMs = 500;

/** Installs what is missing, then runs `scripts/<script>` and ends as it ends. Signals are passed on. */
export async function run(script) {
  if (!isInstalled()) {
    install();
  }
  const child = spawn(pinnedNode, [join(repository, 'scripts', script), ...process.argv.slice(2)], {
    // The channel tells the script at once when this process is gone, even by SIGKILL.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PATH: `${binaries}${delimiter}${process.env.PATH ?? ''}` },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  watchNpm(() => child.kill('SIGTERM'));
  child.on('error', (error) => fail(`Could not run ${pinnedNode}: ${error.message}. Try "npm ci" again.`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

/** True if every package of the lock file is installed in the locked version (optional ones may be absent). */
function isInstalled() {
  if (!existsSync(pinnedNode)) {
    return false;
  }
  try {
    const wanted = readJson(join(repository, 'package-lock.json')).packages;
    const present = readJson(join(repository, 'node_modules', '.package-lock.json')).packages;
    return Object.entries(wanted).every(([path, entry]) => {
      const found = present[path];
      return path === '' || (found === undefined ? entry.optional === true : found.version === entry.version);
    });
  } catch {
    return false;
  }
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function install() {
  process.stderr.write('Installing the locked packages (npm ci); this is done once …\n');
  // At log level "error", for npm would say at length that this Node is older than the one it is about to install.
  const args = ['ci', '--include=dev', '--loglevel=error', '--no-fund', '--no-audit'];
  const npmScript = process.env.npm_execpath;
  const [command, first] = npmScript?.endsWith('.js') ? [process.execPath, [npmScript]] : ['npm', []];
  const result = spawnSync(command, [...first, ...args], { cwd: repository, stdio: ['ignore', 2, 2] });
  if (result.status !== 0) {
    fail(`npm ci failed${result.error ? `: ${result.error.message}` : ''}. It needs the npm registry.`);
  }
  if (!existsSync(pinnedNode)) {
    fail('npm ci left no Node binary: it needs install scripts. Run "npm ci --ignore-scripts=false".');
  }
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/**
 * Calls back once the npm process above this one is gone. npm passes on the signals it gets, but it cannot pass
 * on SIGKILL, and what it started would hold the port for ever. Started without npm, nothing is watched.
 */
function watchNpm(onGone) {
  if (process.env.npm_lifecycle_event === undefined) {
    return;
  }
  const parent = process.ppid;
  const parentInfo = describeProcess(parent);
  const isShell = /(^|\/)-?(sh|bash|dash|zsh|ash)$/.test(parentInfo?.command ?? '');
  const grandparent = isShell ? parentInfo.parent : undefined;
  const timer = setInterval(() => {
    if (process.ppid !== parent || (grandparent !== undefined && !isAlive(grandparent))) {
      clearInterval(timer);
      onGone();
    }
  }, ancestorCheckEveryMs);
  timer.unref();
}

/** The parent and the program of a process, from ps, which Linux and macOS share; undefined where it is missing. */
function describeProcess(pid) {
  const result = spawnSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' });
  const match = /^\s*(\d+)\s+(.+?)\s*$/.exec(result.stdout ?? '');
  return match === null ? undefined : { parent: Number(match[1]), command: match[2] };
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
