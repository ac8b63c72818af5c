// GET /admin/rejected-requests: what was not accepted and why, newest first, with the counts of all that ever was.

import type { Hono } from 'hono';
import * as z from 'zod';
import { limits } from '../../core/limits.ts';
import type { RejectedRequest } from '../../pipeline/ports.ts';
import { within } from '../../pipeline/within.ts';
import { seesPayloads, type Viewer, without } from '../access/redact.ts';
import type { HttpEnv } from '../services.ts';
import { toIso, toWireBody } from '../to-wire.ts';
import { cursorField, formatCursor } from './cursor.ts';
import { pageLimit } from './filter.ts';
import { orUnavailable } from './or-unavailable.ts';
import { validQuery } from './validate.ts';

export const rejectedQuery = z.strictObject({
  source: z.string().min(1, 'may not be empty').max(limits.maxFilterCharacters).optional(),
  limit: pageLimit,
  cursor: cursorField.optional(),
});

export function routeRejectedRequests(app: Hono<HttpEnv>): void {
  app.get('/admin/rejected-requests', validQuery(rejectedQuery), async (c) => {
    const services = c.get('services');
    const caller = c.get('caller');
    const { source, limit, cursor = null } = c.req.valid('query');
    const sources = source === undefined ? null : [source];
    return orUnavailable(c, async () => {
      const asked = services.rejectedRequests.list({ sources, limit: limit + 1, before: cursor });
      const { items, counts } = await within(services.clock, limits.operatorWaitMs, asked);
      const page = items.slice(0, limit);
      const last = items.length > limit ? page.at(-1) : undefined;
      return c.json({
        rejectedRequests: page.map((request) => toWireRejected(request, caller)),
        nextCursor: last === undefined ? null : formatCursor(last),
        counts,
      });
    });
  });
}

/** What somebody sent who could not prove itself may be anything. */
function toWireRejected(request: RejectedRequest, viewer: Viewer) {
  const { id, source, at, stage, reason, detail, headers, body } = request;
  const shown = {
    id,
    source,
    at: toIso(at),
    stage,
    reason,
    detail,
    headers,
    body: body === null ? null : toWireBody(body),
  };
  if (seesPayloads(viewer)) return { ...shown, redacted: [] };
  const { rest, redacted } = without(shown, ['headers', 'body']);
  return { ...rest, redacted };
}
