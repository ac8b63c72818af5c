// What an ERP would otherwise guess, as inputs: what becomes of a rest, of a locked day, of a warning.
// Pure. May not hold a rule of one operation: only what several mean by the same word.

import * as z from 'zod';
import { choice, dayField } from './fields.ts';

/** Warnings one input may acknowledge: a document raises a handful, a long list is a mapping that acknowledges everything. */
const maxWarnings = 20;

/** Characters of a warning's code. */
const maxWarningLength = 100;

/** What becomes of what the document could have moved and did not: `create` keeps it open, `cancel` gives it up. */
export const backorderField = choice(['create', 'cancel']);

/** What becomes of a posting whose day is in a locked period. Absent: `reject`. */
export const whenLockedField = choice(['reject', 'next_open_day']);

export type WhenLocked = z.infer<typeof whenLockedField>;

/** Warnings that may be passed over, by the codes the adapter gives them. Any other is `warning_not_acknowledged`. */
export const acknowledgeWarningsField = z
  .array(
    z
      .string()
      .max(maxWarningLength, `must have at most ${maxWarningLength} characters`)
      .regex(/^[a-z][a-z0-9_]*$/, 'must be the code of a warning such as price_below_cost'),
  )
  .max(maxWarnings);

/** The day it is posted on, and what becomes of it where that day is locked. */
export const postingFields = {
  /** Absent: the ERP's today. */
  postingDate: dayField.optional(),
  whenLocked: whenLockedField.optional(),
};
