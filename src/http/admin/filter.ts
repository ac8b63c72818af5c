// The filter of lists and bulk replays, as it comes in a query or a body, to a DeliveryFilter. One set of names for both.

import * as z from 'zod';
import { closedStatuses, openStatuses } from '../../core/delivery-filter.ts';
import { wholeView } from '../../core/identity/access-view.ts';
import type { IssueCause } from '../../core/issues/issue.ts';
import { limits } from '../../core/limits.ts';
import { parseInstant } from '../../core/parse-instant.ts';
import type { DeliveryFilter } from '../../core/sequencer/messages.ts';
import type { HttpServices } from '../services.ts';

const text = z.string().min(1, 'may not be empty').max(limits.maxFilterCharacters);

const statusField = z.enum([...openStatuses, ...closedStatuses], {
  error: `must be one of ${[...openStatuses, ...closedStatuses].join(', ')}`,
});

export const issueIdField = z.string().regex(/^iss_[0-9a-z]{1,9}$/, 'must be the id of an issue');

/** `status=held&status=dead_lettered`, `status=held,dead_lettered`, or a JSON list. */
const statusList = z
  .union([z.string(), z.array(z.string())])
  .transform((value) =>
    typeof value === 'string' ? value.split(',') : value.flatMap((part) => part.split(',')),
  )
  .pipe(z.array(statusField).min(1));

export const instant = z.string().transform((value, context) => {
  const epochMs = parseInstant(value);
  if (epochMs !== null) return epochMs;
  const message = 'must be an ISO 8601 instant with a zone, e.g. 2026-03-01T12:00:00Z';
  context.issues.push({ code: 'custom', message, input: value });
  return z.NEVER;
});

export const filterFields = {
  status: statusList.optional(),
  reason: text.optional(),
  source: text.optional(),
  target: text.optional(),
  operation: text.optional(),
  route: text.optional(),
  orderingKey: text.optional(),
  eventId: text.optional(),
  type: text.optional(),
  /** What is dead or held with its cause. */
  issue: issueIdField.optional(),
  /** Inclusive. */
  receivedFrom: instant.optional(),
  /** Exclusive. */
  receivedTo: instant.optional(),
};

export const filterSchema = z.strictObject(filterFields);

/**
 * An issue stands for its cause, over whatever else is said of that. Null: there is no such issue for the caller. Every part of the
 * relay's version that is still running knows target, operation and reason; `code` only narrows them further.
 */
export async function toFilter(
  services: Pick<HttpServices, 'issues'>,
  { issue: id, ...fields }: z.output<typeof filterSchema>,
): Promise<DeliveryFilter | null> {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  const filter = Object.fromEntries(given) as DeliveryFilter;
  if (id === undefined) return filter;
  const issue = await services.issues.find(id, wholeView);
  if (issue === null) return null;
  return { status: failedStatuses, ...filter, ...causeFilter(issue) };
}

export const failedStatuses = ['dead_lettered', 'held'] as const;

export function causeFilter({ target, operation, reason, code }: IssueCause): DeliveryFilter {
  return { target, operation, reason, code };
}

/** A page size, as digits. */
export const pageLimit = z
  .string()
  .regex(/^\d{1,4}$/, `must be a whole number from 1 to ${limits.maxListPage}`)
  .transform(Number)
  .pipe(
    z
      .number()
      .min(1, `must be a whole number from 1 to ${limits.maxListPage}`)
      .max(limits.maxListPage, `must be a whole number from 1 to ${limits.maxListPage}`),
  )
  .default(limits.defaultListPage);
