// A progress bar on standard error, for a person who waits; nothing where that is no terminal.

import { progress } from '@clack/prompts';
import type { World } from '../world.ts';
import { isInteractive } from './ask.ts';

export type Progress = {
  advance(by?: number): void;
  stop(): void;
};

export function startProgress(world: World, what: string, max: number): Progress {
  if (!isInteractive(world) || max === 0) return { advance: () => {}, stop: () => {} };
  const bar = progress({ max, output: world.stderr as never });
  bar.start(what);
  let done = 0;
  return {
    advance: (by = 1) => {
      done += by;
      bar.advance(by, `${what}: ${done} of ${max}`);
    },
    stop: () => bar.stop(`${what}: ${done} of ${max}`),
  };
}
