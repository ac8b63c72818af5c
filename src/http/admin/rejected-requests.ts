// GET /admin/rejected-requests: what was not accepted and why, newest first, with the counts of all that ever was.

import type { Hono } from 'hono';
import * as z from 'zod';
import { limits } from '../../core/limits.ts';
import { PortError, type RejectedRequest } from '../../pipeline/ports.ts';
import { problem } from '../problem.ts';
import type { HttpEnv, HttpServices } from '../services.ts';
import { toIso, toWireBody } from '../to-wire.ts';
import { within } from '../within.ts';
import { cursorField, formatCursor } from './cursor.ts';
import { pageLimit } from './filter.ts';
import { validQuery } from './validate.ts';

const query = z.strictObject({
  source: z.string().min(1, 'may not be empty').max(limits.maxFilterCharacters).optional(),
  limit: pageLimit,
  cursor: cursorField.optional(),
});

type RejectedServices = Pick<HttpServices, 'clock' | 'rejectedRequests' | 'telemetry'>;

export function routeRejectedRequests(app: Hono<HttpEnv>, services: RejectedServices): void {
  app.get('/admin/rejected-requests', validQuery(query), async (c) => {
    const { source = null, limit, cursor = null } = c.req.valid('query');
    try {
      const asked = services.rejectedRequests.list({ source, limit: limit + 1, before: cursor });
      const { items, counts } = await within(services.clock, limits.operatorWaitMs, asked);
      const page = items.slice(0, limit);
      const last = items.length > limit ? page.at(-1) : undefined;
      return c.json({
        rejectedRequests: page.map(toWireRejected),
        nextCursor: last === undefined ? null : formatCursor(last),
        counts,
      });
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      services.telemetry.log('error', 'journal.unavailable', { error: error.message });
      return problem(c, 'journal_unavailable', {
        headers: { 'retry-after': String(limits.retryAfterSeconds) },
      });
    }
  });
}

function toWireRejected({ id, source, at, stage, reason, detail, headers, body }: RejectedRequest) {
  return {
    id,
    source,
    at: toIso(at),
    stage,
    reason,
    detail,
    headers,
    body: body === null ? null : toWireBody(body),
  };
}
