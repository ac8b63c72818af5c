// What a bulk job takes, as it comes in a body: a filter of lists, whose status is the one the act is for. A misspelt filter is
// refused: it must not take everything.

import * as z from 'zod';
import { type BulkAct, bulkActs, statusFor } from '../../core/bulk/bulk-job.ts';
import type { JsonValue } from '../../core/json.ts';
import type { DeliveryFilter } from '../../core/sequencer/messages.ts';
import type { HttpServices } from '../services.ts';
import { toIso } from '../to-wire.ts';
import { filterFields, hasOneKey, oneKey, toFilter } from './filter.ts';

export const bulkActField = z.enum(bulkActs, `must be one of ${bulkActs.join(', ')}`).default('replay');

const takenStatus = z.enum(['dead_lettered', 'held']);

export const bulkFilter = z
  .strictObject({
    ...filterFields,
    status: z
      .union([takenStatus, z.tuple([takenStatus])], {
        error: 'must be dead_lettered, or held where the act is release: no other is taken in bulk',
      })
      .optional(),
  })
  .refine(hasOneKey, oneKey)
  .default({});

type BulkFilter = z.output<typeof bulkFilter>;

type Taken = { readonly act: BulkAct; readonly filter: BulkFilter };

export function checkFilterStatus(context: z.core.ParsePayload<Taken>): void {
  const { act, filter } = context.value;
  if (filter.status === undefined || [filter.status].flat()[0] === statusFor(act)) return;
  const message = `must be ${statusFor(act)}: that is what ${act} takes`;
  context.issues.push({ code: 'custom', path: ['filter', 'status'], message, input: filter.status });
}

/** Null: it names an issue that does not exist for the caller. */
export async function toBulkFilter(
  services: Pick<HttpServices, 'issues'>,
  { act, filter }: Taken,
): Promise<DeliveryFilter | null> {
  const named = await toFilter(services, { ...filter, status: undefined });
  return named === null ? null : { ...named, status: [statusFor(act)] };
}

/** As the caller wrote it. */
export function toShownFilter(filter: BulkFilter): Readonly<Record<string, JsonValue>> {
  const { receivedFrom, receivedTo, entity, ...rest } = filter;
  const instants = { receivedFrom: toIso(receivedFrom ?? null), receivedTo: toIso(receivedTo ?? null) };
  const ofEntity = entity === undefined ? {} : { entity: `${entity.kind}/${entity.id}` };
  const given = Object.entries({ ...rest, ...ofEntity, ...instants }).filter(
    (entry): entry is [string, Exclude<(typeof entry)[1], null | undefined>] =>
      entry[1] !== undefined && entry[1] !== null,
  );
  return Object.fromEntries(given);
}
