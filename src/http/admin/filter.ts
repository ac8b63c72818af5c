// The filter of lists and bulk replays, as it comes in a query or a body, to a DeliveryFilter. One set of names for both.

import * as z from 'zod';
import { closedStatuses, openStatuses } from '../../core/delivery-filter.ts';
import { wholeView } from '../../core/identity/access-view.ts';
import type { IssueCause } from '../../core/issues/issue.ts';
import { orderingKeyOf } from '../../core/keys.ts';
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

/** `order/1001`: what stands behind the first slash is the id. */
const entityField = z
  .string()
  .max(limits.maxFilterCharacters)
  .transform((value, context) => {
    const at = value.indexOf('/');
    if (at > 0 && at < value.length - 1) return { kind: value.slice(0, at), id: value.slice(at + 1) };
    context.issues.push({
      code: 'custom',
      message: 'must be a kind and an id, e.g. order/1001',
      input: value,
    });
    return z.NEVER;
  });

/** Of lists alone: what replays many may not be let through by an object of an earlier version that knows neither. */
export const listFields = {
  /** Of a batch. */
  record: text.optional(),
  /** Id or number. */
  document: text.optional(),
};

/** An entity is its ordering key: two of them would be a contradiction, or the same said twice. */
export function hasOneKey(given: { readonly entity?: unknown; readonly orderingKey?: unknown }): boolean {
  return given.entity === undefined || given.orderingKey === undefined;
}

export const oneKey = { path: ['entity'], error: 'may not stand beside orderingKey' };

export const filterFields = {
  status: statusList.optional(),
  reason: text.optional(),
  source: text.optional(),
  target: text.optional(),
  operation: text.optional(),
  route: text.optional(),
  orderingKey: text.optional(),
  entity: entityField.optional(),
  eventId: text.optional(),
  type: text.optional(),
  /** What is dead or held with its cause. */
  issue: issueIdField.optional(),
  /** Inclusive. */
  receivedFrom: instant.optional(),
  /** Exclusive. */
  receivedTo: instant.optional(),
};

export const filterSchema = z.strictObject(filterFields).refine(hasOneKey, oneKey);

/**
 * An issue stands for its cause, over whatever else is said of that. Null: there is no such issue for the caller. Every part of the
 * relay's version that is still running knows target, operation and reason; `code` only narrows them further.
 */
export async function toFilter(
  services: Pick<HttpServices, 'issues'>,
  { issue: id, entity, ...fields }: z.output<typeof filterSchema>,
): Promise<DeliveryFilter | null> {
  const orderingKey = entity === undefined ? undefined : orderingKeyOf({ source: '', eventId: '', entity });
  const given = Object.entries(orderingKey === undefined ? fields : { ...fields, orderingKey }).filter(
    ([, value]) => value !== undefined,
  );
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
