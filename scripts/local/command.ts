// What every command of this repository shares: options, failing with a message, and running a tool of the
// repository. It may know no command in particular.

import { spawn } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

export const repository = resolve(import.meta.dirname, '../..');
const binaries = join(repository, 'node_modules', '.bin');

export function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** The options given, or the usage and the end of the process: code 0 for --help, 1 for an option it has not. */
export function readOptions<Options extends ParseArgsOptionsConfig>(options: Options, usage: string) {
  try {
    const help = { type: 'boolean', default: false } as const;
    const { values } = parseArgs({ options: { ...options, help } });
    if (!(values as { help: boolean }).help) {
      return values;
    }
  } catch (error) {
    if (!(error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')) {
      throw error;
    }
    fail(`${(error as Error).message}\n\n${usage}`);
  }
  process.stdout.write(usage);
  process.exit(0);
}

export type ToolResult = { code: number; output: string };

type ToolOptions = {
  /** `inherit` shows what the tool writes as it comes, `capture` returns it. */
  output?: 'inherit' | 'capture';
  env?: Record<string, string>;
  /** After it the tool is ended (SIGKILL) and counts as failed, ms. Default: it may take as long as it likes. */
  timeoutMs?: number;
};

/** The environment of a tool: the pinned Node first, and Wrangler reports no usage. */
export function toolEnvironment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const path = `${binaries}${delimiter}${process.env.PATH ?? ''}`;
  return { ...process.env, PATH: path, WRANGLER_SEND_METRICS: 'false', ...extra };
}

export const toolPath = (name: string): string => join(binaries, name);

/** Runs a tool that the repository has installed (node_modules/.bin) in the repository's root. */
export function runTool(name: string, args: string[], options: ToolOptions = {}): Promise<ToolResult> {
  const { output = 'inherit', env = {}, timeoutMs } = options;
  const child = spawn(toolPath(name), args, {
    cwd: repository,
    stdio: output === 'inherit' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    env: toolEnvironment(env),
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs, killSignal: 'SIGKILL' }),
  });
  let captured = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      captured += text;
    });
  }
  return new Promise((resolveResult, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolveResult({ code: code ?? 1, output: captured }));
  });
}
