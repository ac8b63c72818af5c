// Fields that many answers share. Answers are open objects: a caller must pass over a field it does not know, for fields are added
// within a version and none is taken away.

import * as z from 'zod';
import { closedStatuses, openStatuses } from '../../core/delivery-filter.ts';

/** ISO 8601, UTC, ms. */
export const at = z.iso.datetime({ precision: 3 });

export const atOrNull = at.nullable();

export const textOrNull = z.string().nullable();

export const count = z.int().min(0);

export const countOrNull = count.nullable();

/** Paths of what the caller may not see; empty: it sees everything. */
export const redacted = z.array(z.string());

/** Null on the last page. */
export const nextCursor = textOrNull;

export const deliveryStatus = z.enum([...openStatuses, ...closedStatuses]);

export const fieldErrors = z.array(z.object({ field: z.string(), rule: z.string() }));

/** What an operation's output adds stands beside the three. */
export const erpDocument = z.looseObject({
  documentId: z.string(),
  documentNumber: z.string(),
  state: z.string(),
});

/** How complete the closed deliveries of a list are. */
export const journalStanding = z.enum(['current', 'behind', 'unavailable', 'not_asked']);

/** Bodies that are text as text, others as base64. */
export const wireBody = z.object({
  encoding: z.enum(['utf-8', 'base64']),
  bytes: count,
  content: z.string(),
});

export const grant = z.object({ operation: z.string(), target: z.string() });
