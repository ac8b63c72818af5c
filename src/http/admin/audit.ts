// GET /admin/audit: what persons did, the newest first. Acts on deliveries come by the journal, which is brought up to date
// before it is read. And the writing of acts that concern no delivery.

import type { Hono } from 'hono';
import * as z from 'zod';
import { limits } from '../../core/limits.ts';
import type { OperatorAct } from '../../core/operator-act.ts';
import { PortError } from '../../pipeline/ports.ts';
import { problem } from '../problem.ts';
import type { HttpEnv, HttpServices } from '../services.ts';
import { toIso } from '../to-wire.ts';
import { within } from '../within.ts';
import { cursorField, formatCursor } from './cursor.ts';
import { pageLimit } from './filter.ts';
import { validQuery } from './validate.ts';

const text = z.string().min(1, 'may not be empty').max(limits.maxFilterCharacters);

const query = z.strictObject({
  actor: text.optional(),
  action: text.optional(),
  deliveryId: text.optional(),
  orderingKey: text.optional(),
  target: text.optional(),
  limit: pageLimit,
  cursor: cursorField.optional(),
});

export function routeAudit(app: Hono<HttpEnv>): void {
  app.get('/admin/audit', validQuery(query), async (c) => {
    const services = c.get('services');
    const { limit, cursor = null, ...given } = c.req.valid('query');
    const { actor = null, action = null, deliveryId = null, orderingKey = null, target = null } = given;
    const filter = { actor, action, deliveryId, orderingKey, target };
    try {
      const isCurrent = await flushJournals(services);
      const asked = services.audit.list({ filter, before: cursor, limit: limit + 1 });
      const found = await within(services.clock, limits.operatorWaitMs, asked);
      const page = found.slice(0, limit);
      const last = found.length > limit ? page.at(-1) : undefined;
      return c.json({
        acts: page.map((act) => ({ ...act, at: toIso(act.at) })),
        nextCursor: last === undefined ? null : formatCursor(last),
        journal: isCurrent ? 'current' : 'behind',
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

async function flushJournals({ clock, sequencers }: HttpServices): Promise<boolean> {
  const flushes = sequencers
    .all()
    .map((sequencer) => within(clock, limits.operatorWaitMs, sequencer.flushJournal()));
  const flushed = await Promise.allSettled(flushes);
  return flushed.every((flush) => flush.status === 'fulfilled' && flush.value.behind === 0);
}

/** An act that concerns no delivery. It was done: where D1 is away the log line is what is left of it. */
export async function recordAct(
  services: Pick<HttpServices, 'audit' | 'clock' | 'randomness' | 'telemetry'>,
  act: Omit<OperatorAct, 'id' | 'at'>,
): Promise<void> {
  const whole: OperatorAct = { ...act, id: services.randomness.uuid(), at: services.clock.now() };
  try {
    await within(services.clock, limits.operatorWaitMs, services.audit.record(whole));
  } catch (error) {
    services.telemetry.log('error', 'audit.not_written', { ...whole, error: String(error) });
  }
}
