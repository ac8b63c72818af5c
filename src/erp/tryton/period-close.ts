// period.close on Tryton: every period that ends on or before the day is closed. Tryton refuses while an entry in one is
// not posted, and says which.

import * as z from 'zod';
import type { InputOf } from '../../core/operation.ts';
import type { periodClose } from '../../operations/accounting.ts';
import { type Attempting, refuse } from './attempting.ts';
import { type Saga, withoutEffect } from './saga.ts';
import { press, search, type Tryton } from './tryton-calls.ts';
import { day } from './values.ts';

type Input = InputOf<typeof periodClose>;

const model = 'account.period';

const periodRow = z.object({
  id: z.number(),
  name: z.string(),
  state: z.string(),
  start_date: day,
  end_date: day,
});

type Period = z.infer<typeof periodRow>;

export const periodCloseSaga: Saga<Input> = {
  find: async function* (tryton, { through }) {
    const periods = yield* readPeriods(tryton);
    const last = yield* endingOn(periods, through);
    return { id: last.id, isDone: openUpTo(periods, through).length === 0 };
  },
  begin: async function* (tryton, { through }) {
    return (yield* endingOn(yield* readPeriods(tryton), through)).id;
  },
  finish: async function* (tryton, { through }) {
    const open = openUpTo(yield* readPeriods(tryton), through).map(({ id }) => id);
    if (open.length > 0) yield* press(tryton, { model, ids: open, button: 'close' });
    const [left] = openUpTo(yield* readPeriods(tryton), through);
    if (left !== undefined) yield* withoutEffect(model, 'close', left.state);
  },
  show: async function* (tryton, { through }, id) {
    const periods = yield* readPeriods(tryton);
    const last = periods.find((period) => period.id === id) ?? (yield* endingOn(periods, through));
    return {
      documentId: String(last.id),
      documentNumber: last.name,
      state: last.state === 'open' ? 'open' : 'closed',
      closedThrough: closedThrough(periods) ?? last.start_date,
    };
  },
};

export async function* readPeriods(tryton: Tryton): Attempting<readonly Period[]> {
  const where = [
    ['company', '=', tryton.company],
    ['type', '=', 'standard'],
  ];
  const order = [['start_date', 'ASC']] as const;
  return yield* search(tryton, { model, where, row: periodRow, order });
}

/** The last day before the first open period; null: none is closed. */
export function closedThrough(periods: readonly Period[]): string | null {
  const firstOpen = periods.findIndex(({ state }) => state === 'open');
  const closed = firstOpen < 0 ? periods : periods.slice(0, firstOpen);
  return closed.at(-1)?.end_date ?? null;
}

const openUpTo = (periods: readonly Period[], through: string): readonly Period[] =>
  periods.filter((period) => period.state === 'open' && period.end_date <= through);

/** Tryton closes whole periods: a day in the middle of one cannot be the last that is locked. */
async function* endingOn(periods: readonly Period[], through: string): Attempting<Period> {
  const period = periods.find(({ end_date: end }) => end === through);
  const message = `no period of Tryton ends on ${through}: it closes whole periods`;
  return period ?? (yield* refuse('no_period_ends', message, 'through'));
}
