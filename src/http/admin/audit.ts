// GET /admin/audit and /admin/audit/export: what persons did, the newest first or as JSON lines in the order of the chain. Acts on deliveries come by the journal, which is brought up to date
// before it is read. And the writing of acts that concern no delivery.

import type { Hono } from 'hono';
import * as z from 'zod';
import { limits } from '../../core/limits.ts';
import type { OperatorAct } from '../../core/operator-act.ts';
import type { AuditStanding } from '../../pipeline/ports.ts';
import { within } from '../../pipeline/within.ts';
import type { HttpEnv, HttpServices } from '../services.ts';
import { toIso } from '../to-wire.ts';
import { cursorField, formatCursor } from './cursor.ts';
import { pageLimit } from './filter.ts';
import { orUnavailable } from './or-unavailable.ts';
import { validQuery } from './validate.ts';

const text = z.string().min(1, 'may not be empty').max(limits.maxFilterCharacters);

export const auditQuery = z.strictObject({
  actor: text.optional(),
  action: text.optional(),
  deliveryId: text.optional(),
  orderingKey: text.optional(),
  target: text.optional(),
  limit: pageLimit,
  cursor: cursorField.optional(),
});

/** `from`: the place to begin with, so that an export goes on where the last one ended. */
export const exportQuery = z.strictObject({
  from: z
    .string()
    .regex(/^\d{1,15}$/, 'must be a place in the chain, from 1')
    .transform(Number)
    .pipe(z.int().min(1))
    .default(1),
});

export function routeAudit(app: Hono<HttpEnv>): void {
  app.get('/admin/audit/export', validQuery(exportQuery), async (c) => {
    const services = c.get('services');
    const { from } = c.req.valid('query');
    return orUnavailable(c, async () => {
      await flushJournals(services);
      const standing = await within(services.clock, limits.operatorWaitMs, services.audit.flush());
      return c.body(exportLines(services, { from, standing }), 200, {
        'content-type': 'application/x-ndjson',
        'content-disposition': 'attachment; filename="audit.jsonl"',
      });
    });
  });

  app.get('/admin/audit', validQuery(auditQuery), async (c) => {
    const services = c.get('services');
    const { limit, cursor = null, ...given } = c.req.valid('query');
    const { actor = null, action = null, deliveryId = null, orderingKey = null, target = null } = given;
    const filter = { actor, action, deliveryId, orderingKey, target };
    return orUnavailable(c, async () => {
      const isCurrent = await flushJournals(services);
      await within(services.clock, limits.operatorWaitMs, services.audit.flush());
      const asked = services.audit.list({ filter, before: cursor, limit: limit + 1 });
      const found = await within(services.clock, limits.operatorWaitMs, asked);
      const page = found.slice(0, limit);
      const last = found.length > limit ? page.at(-1) : undefined;
      return c.json({
        acts: page.map((act) => ({ ...act, at: toIso(act.at) })),
        nextCursor: last === undefined ? null : formatCursor(last),
        journal: isCurrent ? 'current' : 'behind',
      });
    });
  });
}

/** JSON lines: each act with its place and hash, and the head at the end, as the chain's writer keeps it apart from them. */
function exportLines(
  { audit }: Pick<HttpServices, 'audit'>,
  range: { from: number; standing: AuditStanding },
) {
  const encoder = new TextEncoder();
  const { standing } = range;
  let after = range.from - 1;
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const acts = await audit.export({ after, limit: limits.auditStepActs });
      // What was chained since is of the next export: the head would not be its end.
      const within = acts.filter(({ number }) => number <= standing.head.number);
      for (const act of within) controller.enqueue(encoder.encode(`${JSON.stringify(act)}\n`));
      after = acts.at(-1)?.number ?? after;
      if (acts.length === within.length && acts.length > 0) return;
      controller.enqueue(
        encoder.encode(`${JSON.stringify({ head: standing.head, problem: standing.problem })}\n`),
      );
      controller.close();
    },
  });
}

/** False: something that was done is not in the journal yet. */
export async function flushJournals({
  clock,
  sequencers,
}: Pick<HttpServices, 'clock' | 'sequencers'>): Promise<boolean> {
  const flushes = sequencers
    .all()
    .map((sequencer) => within(clock, limits.operatorWaitMs, sequencer.flushJournal()));
  const flushed = await Promise.allSettled(flushes);
  return flushed.every((flush) => flush.status === 'fulfilled' && flush.value.behind === 0);
}

/** An act that concerns no delivery. It was done: where the audit's object is away the log line is what is left of it. */
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
