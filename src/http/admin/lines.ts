// GET /admin/lines: who stands first in each line, why nothing goes on there and since when, how many wait behind, and what
// is missing where the sender counts its events. What can be done about a head: admin/deliveries/:id/skip, unblock, release.

import type { Hono } from 'hono';
import * as z from 'zod';
import { limits } from '../../core/limits.ts';
import type { LineSummary, LinesRequest } from '../../core/sequencer/messages.ts';
import { within } from '../../pipeline/within.ts';
import { isNarrowed, type Viewer } from '../access/redact.ts';
import type { HttpEnv, HttpServices } from '../services.ts';
import { isDeliveryId, toIso } from '../to-wire.ts';
import { cursorField, formatCursor } from './cursor.ts';
import { pageLimit } from './filter.ts';
import { validQuery } from './validate.ts';

const text = z.string().min(1, 'may not be empty').max(limits.maxFilterCharacters);

export const linesQuery = z.strictObject({
  /** `?blocked` alone says true. */
  blocked: z
    .enum(['', 'true', 'false'], 'must be true or false')
    .transform((value) => value !== 'false')
    .default(false),
  target: text.optional(),
  orderingKey: text.optional(),
  limit: pageLimit,
  cursor: cursorField.optional(),
});

type LineServices = Pick<HttpServices, 'clock' | 'definition' | 'sequencers'>;

export function routeLines(app: Hono<HttpEnv>): void {
  app.get('/admin/lines', validQuery(linesQuery), async (c) => {
    const services = c.get('services');
    const caller = c.get('caller');
    const { blocked, target = null, orderingKey = null, limit, cursor } = c.req.valid('query');
    const after = cursor === undefined ? null : { since: cursor.at, id: cursor.id };
    const found = await listLines(services, {
      blockedOnly: blocked,
      target,
      orderingKey,
      after,
      limit: limit + 1,
    });
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    return c.json({
      lines: page.map((line) => toWireLine(services, line, caller)),
      nextCursor: last === undefined ? null : formatCursor({ at: last.since, id: last.head.id }),
    });
  });
}

export async function listLines(
  services: LineServices,
  request: LinesRequest,
): Promise<readonly LineSummary[]> {
  const { sequencers, clock } = services;
  const { orderingKey } = request;
  const asked = orderingKey === null ? sequencers.all() : sequencers.forKey(orderingKey);
  const answers = await Promise.all(
    asked.map((sequencer) => within(clock, limits.operatorWaitMs, sequencer.listLines(request))),
  );
  return answers.flat().sort((a, b) => a.since - b.since || (a.head.id < b.head.id ? -1 : 1));
}

function toWireLine({ clock, definition }: LineServices, line: LineSummary, viewer: Viewer) {
  const { isBlocked, since, until, sequences, on, ...rest } = line;
  const hidesOn = isNarrowed(viewer) && isDeliveryId(on);
  const counted = sequences.filter(({ source }) => definition.sources.get(source)?.preset.countsEvents);
  return {
    ...rest,
    ...(hidesOn ? { redacted: ['on'] } : { on }),
    blocked: isBlocked,
    since: toIso(since),
    until: toIso(until),
    ageSeconds: Math.max(0, Math.floor((clock.now() - since) / 1_000)),
    gaps: counted.flatMap(({ source, passed, next }) =>
      passed !== null && next > passed + 1
        ? [{ source, after: passed, next, missingCount: next - passed - 1 }]
        : [],
    ),
  };
}
