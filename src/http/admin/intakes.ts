// GET /admin/intakes, /admin/intakes/:id and POST …/:id/retry, …/:id/drop: requests with several or thin events, under way
// and for a week afterwards, and a person's word about items that could not be enriched.

import type { Context, Hono } from 'hono';
import { intakePartition } from '../../core/intake-id.ts';
import { limits } from '../../core/limits.ts';
import type { IntakeSummary, IntakeView, ReviveRequest } from '../../core/sequencer/intake-messages.ts';
import type { ItemState } from '../../core/sequencer/intake-record.ts';
import type { Sequencer, Sequencers } from '../../pipeline/ports.ts';
import { within } from '../../pipeline/within.ts';
import { problem } from '../problem.ts';
import type { HttpEnv, HttpServices } from '../services.ts';
import { toIso } from '../to-wire.ts';
import { recordAct } from './audit.ts';
import { noteBody } from './resolutions.ts';
import { validBody } from './validate.ts';

type IntakeServices = Pick<HttpServices, 'audit' | 'clock' | 'randomness' | 'sequencers' | 'telemetry'>;

export function routeIntakes(app: Hono<HttpEnv>): void {
  app.get('/admin/intakes', async (c) => {
    const { clock, sequencers } = c.get('services');
    const asked = sequencers.all().map((sequencer) => sequencer.listIntakes());
    const found = await within(clock, limits.operatorWaitMs, Promise.all(asked));
    const intakes = found.flat().sort((a, b) => a.receivedAt - b.receivedAt);
    return c.json({ intakes: intakes.map(toWireSummary) });
  });

  app.get('/admin/intakes/:id', async (c) => {
    const held = await findIntake(c.get('services').sequencers, c.req.param('id'));
    return held === null ? problem(c, 'not_found') : c.json(toWireIntake(held.intake));
  });

  app.post('/admin/intakes/:id/retry', validBody(noteBody), (c) => {
    const { note } = c.req.valid('json');
    const { actor } = c.get('caller');
    return revive(c, c.get('services'), { id: c.req.param('id'), as: 'retry', actor, note });
  });
  app.post('/admin/intakes/:id/drop', validBody(noteBody), (c) => {
    const { note } = c.req.valid('json');
    const { actor } = c.get('caller');
    return revive(c, c.get('services'), { id: c.req.param('id'), as: 'dropped', actor, note });
  });
}

/** Ids do not say which generation made them: the newest is asked first. */
async function findIntake(
  sequencers: Sequencers,
  id: string,
): Promise<{ readonly sequencer: Sequencer; readonly intake: IntakeView } | null> {
  const partition = intakePartition(id);
  if (partition === null) return null;
  for (let { generation } = sequencers; generation >= 1; generation -= 1) {
    const sequencer = sequencers.forBell({ generation, partition });
    const intake = (await sequencer?.findIntake(id)) ?? null;
    if (sequencer !== null && intake !== null) return { sequencer, intake };
  }
  return null;
}

async function revive(
  c: Context<HttpEnv>,
  services: IntakeServices,
  request: ReviveRequest,
): Promise<Response> {
  const { sequencers, telemetry } = services;
  const held = await findIntake(sequencers, request.id);
  if (held === null) return problem(c, 'not_found');
  const answer = await held.sequencer.reviveIntake(request);
  if (answer.kind === 'refused') return problem(c, answer.reason, { detail: answer.message });
  const { id, as, actor } = request;
  const itemCount = answer.itemIds.length;
  telemetry.log('info', 'intake.revived', {
    requestId: c.get('requestId'),
    actor,
    intake: id,
    as,
    itemCount,
  });
  await recordAct(services, {
    ...{ actor, deliveryId: null, orderingKey: null, target: null, reason: request.note },
    action: as === 'retry' ? 'released' : 'skipped',
    before: `${id} dead items: ${itemCount}`,
    after: `${id} ${as}`,
  });
  return c.json({ intake: id, items: answer.itemIds });
}

function toWireSummary({ id, source, requestId, receivedAt, counts }: IntakeSummary) {
  return { id, source, requestId, receivedAt: toIso(receivedAt), counts };
}

function toWireIntake({ id, source, requestId, receivedAt, finishedAt, items }: IntakeView) {
  return {
    ...{ id, source, requestId },
    receivedAt: toIso(receivedAt),
    finishedAt: toIso(finishedAt),
    events: items.map(({ id: itemId, eventId, type, state }) => ({
      id: itemId,
      eventId,
      type,
      ...toWireState(state),
    })),
  };
}

function toWireState(state: ItemState) {
  const { status } = state;
  switch (state.status) {
    case 'received':
      return { status };
    case 'enriching': {
      const { failureCount, notBeforeAt, message } = state;
      return { status, failureCount, message, notBeforeAt: notBeforeAt === 0 ? null : toIso(notBeforeAt) };
    }
    case 'accepted':
    case 'duplicate':
      return { status, eventRecordId: state.eventRecordId };
    case 'rejected':
      return { status, ...state.problem };
    case 'dead': {
      const { reason, message, failureCount, at } = state;
      return { status, reason, message, failureCount, at: toIso(at) };
    }
    case 'dropped':
      return { status, actor: state.actor, note: state.note, at: toIso(state.at) };
  }
}
