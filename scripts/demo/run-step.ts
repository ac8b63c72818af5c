// One step of the demo: does it, times it, and shows it as one line.

import type { Terminal } from './terminal.ts';

export type StepText = { readonly who: string; readonly what: string; readonly detail?: string };
export type StepAnswer = { readonly answer: string; readonly isGood: boolean };

/** Returns what `run` returned, after the line was shown. */
export type RunStep = <T>(
  text: StepText,
  run: () => Promise<T>,
  answerOf: (value: T) => StepAnswer,
) => Promise<T>;

export function createRunStep(terminal: Terminal): RunStep {
  return async ({ who, what, detail = '' }, run, answerOf) => {
    const began = performance.now();
    const value = await run();
    terminal.step({ who, what, detail, ...answerOf(value), tookMs: performance.now() - began });
    return value;
  };
}
