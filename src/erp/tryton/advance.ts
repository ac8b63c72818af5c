// Moves a Tryton document from state to state until no step is left. Each press is followed by a read: Tryton answers
// success to a button that its workflow passes over in silence.

import * as z from 'zod';
import { type Attempting, refuse } from './attempting.ts';
import { type Step, withoutEffect } from './saga.ts';
import { press, readRow, type Tryton } from './tryton-calls.ts';

const stateRow = z.object({ id: z.number(), state: z.string() });

/** More steps than any workflow here has. */
const maxSteps = 10;

/** @returns the state in which no step begins */
export async function* advance(
  tryton: Tryton,
  { model, id, steps }: { readonly model: string; readonly id: number; readonly steps: readonly Step[] },
): Attempting<string> {
  let { state } = yield* readRow(tryton, { model, id, row: stateRow });
  for (let count = 0; count < maxSteps; count += 1) {
    const step = steps.find(({ from }) => from.includes(state));
    if (step === undefined) return state;
    yield* press(tryton, { model, ids: [id], button: step.button });
    const before = state;
    ({ state } = yield* readRow(tryton, { model, id, row: stateRow }));
    if (state !== before) continue;
    if (step.stuck === undefined) return yield* withoutEffect(model, step.button, state);
    return yield* refuse(step.stuck.code, step.stuck.message, step.stuck.field);
  }
  return yield* withoutEffect(model, steps.at(-1)?.button ?? '', state);
}
