// /admin/targets: the ERPs operations run on, how each is doing, and what an operator does to one: pause, resume, open or
// close its circuit, send on what is held for it. Shows where a target is, never its credential.

import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { limits } from '../../core/limits.ts';
import type { OperatorAct } from '../../core/operator-act.ts';
import { type Differing, isDiffering } from '../../core/precondition.ts';
import type { TargetDefinition } from '../../core/target.ts';
import { gateSettingsOf } from '../../core/target.ts';
import type { TargetAct, TargetView } from '../../core/target-view.ts';
import { versionOfTarget } from '../../core/versions.ts';
import { releaseOperation } from '../../pipeline/index.ts';
import type { TargetControls } from '../../pipeline/ports.ts';
import { within } from '../../pipeline/within.ts';
import { isNarrowed, type Viewer, without } from '../access/redact.ts';
import { answerVersioned, noteVersion, preconditionOf, refuseDiffering } from '../conditional.ts';
import { problem } from '../problem.ts';
import type { HttpEnv, HttpServices } from '../services.ts';
import { toIso } from '../to-wire.ts';
import { toWireTarget } from '../to-wire-target.ts';
import { recordAct } from './audit.ts';
import { noteBody, noteField } from './resolutions.ts';
import { validBody } from './validate.ts';

export const releaseBody = z.strictObject({
  /** Absent: every operation. */
  operation: z.string().min(1).max(limits.maxIdCharacters).optional(),
  note: noteField,
});
export const circuitBody = z.strictObject({ state: z.enum(['open', 'closed']), note: noteField });

export function routeTargets(app: Hono<HttpEnv>): void {
  app.get('/admin/targets', async (c) => {
    const services = c.get('services');
    const all = [...services.definition.targets.values()];
    const shown = await Promise.all(all.map((target) => showTarget(services, target, c.get('caller'))));
    return c.json({ targets: shown.map(({ body }) => body) });
  });

  app.get('/admin/targets/:id', async (c) => {
    const services = c.get('services');
    const target = services.definition.targets.get(c.req.param('id'));
    if (target === undefined) return problem(c, 'not_found');
    const { body, version } = await showTarget(services, target, c.get('caller'));
    return version === null ? c.json(body) : answerVersioned(c, body, version);
  });

  app.post('/admin/targets/:id/pause', validBody(noteBody), (c) => {
    const { note } = c.req.valid('json');
    return act(c, { action: 'paused', note, work: (targets, id, by) => targets.pause(id, by) });
  });

  app.post('/admin/targets/:id/resume', validBody(noteBody), (c) => {
    const { note } = c.req.valid('json');
    return act(c, { action: 'resumed', note, work: (targets, id, by) => targets.resume(id, by) });
  });

  app.post('/admin/targets/:id/circuit', validBody(circuitBody), (c) => {
    const { state, note } = c.req.valid('json');
    const action = state === 'open' ? 'circuit_opened' : 'circuit_closed';
    return act(c, { action, note, work: (targets, id, by) => targets.setCircuit(id, state, by) });
  });

  app.post('/admin/targets/:id/release', validBody(releaseBody), async (c) => {
    const services = c.get('services');
    const { definition, targets } = services;
    const { actor } = c.get('caller');
    const target = c.req.param('id');
    if (!definition.targets.has(target)) return problem(c, 'not_found');
    const authorized = await targets.authorize(target);
    if (authorized.kind !== 'authorized') {
      return problem(c, 'target_unauthorized', { detail: authorized.message });
    }
    const { operation = null, note } = c.req.valid('json');
    const release = { target, operation, cause: null, actor, note } as const;
    const { released, refused, remaining } = await releaseOperation(services, release);
    const counts = { released: released.length, refused: refused.length };
    services.telemetry.log('info', 'target.released', {
      requestId: c.get('requestId'),
      actor,
      target,
      operation,
      ...counts,
    });
    return c.json({ released, refused, hasMore: remaining > 0 });
  });
}

/** One that does not answer is shown without its state: the others still tell. */
async function showTarget(services: HttpServices, target: TargetDefinition, viewer: Viewer) {
  const { clock, config, targets, telemetry } = services;
  const shown = {
    id: target.id,
    adapter: {
      name: target.adapter.name,
      version: target.adapter.version,
      level: target.adapter.level,
      once: target.adapter.once,
      operations: Object.keys(target.adapter.operations),
    },
    baseUrl: config.targetSettings.get(target.id)?.baseUrl ?? null,
    network: target.network,
    timeoutMs: target.timeoutMs,
    quietMs: target.quietMs,
    limits: gateSettingsOf(target).limits,
    heldOperations: await holdsOf(services, target.id),
  };
  try {
    const view = await within(clock, limits.operatorWaitMs, targets.view(target.id));
    const whole = { ...shown, status: 'ok', ...toWireTarget(view) };
    const version = versionOfTarget(view);
    if (!isNarrowed(viewer)) return { body: { ...whole, redacted: [] }, version };
    // What others do there shows in these.
    const { rest, redacted } = without(whole, ['inFlight', 'lastFailures', 'heldOperations', 'token']);
    return { body: { ...rest, redacted }, version };
  } catch (error) {
    telemetry.log('error', 'target.unavailable', { target: target.id, error: String(error) });
    return { body: { ...shown, status: 'unavailable' }, version: null };
  }
}

type Act = {
  readonly action: OperatorAct['action'];
  readonly note: string;
  readonly work: (targets: TargetControls, target: string, act: TargetAct) => Promise<TargetView | Differing>;
};

function standingOf({ pause, circuit }: TargetView): string {
  return pause === null ? `circuit_${circuit.state}` : 'paused';
}

async function act(c: Context<HttpEnv>, { action, note, work }: Act): Promise<Response> {
  const services = c.get('services');
  const { actor } = c.get('caller');
  const { definition, telemetry, targets } = services;
  const target = c.req.param('id') ?? '';
  if (!definition.targets.has(target)) return problem(c, 'not_found');
  const before = standingOf(await targets.view(target));
  const view = await work(targets, target, { actor, note, when: preconditionOf(c) });
  if (isDiffering(view)) return refuseDiffering(c, view);
  const base = { actor, action, target, deliveryId: null, orderingKey: null, reason: note };
  await recordAct(services, { ...base, before, after: standingOf(view) });
  telemetry.log('info', 'target.controlled', {
    requestId: c.get('requestId'),
    actor,
    target,
    act: action,
    circuit: view.circuit.state,
    paused: view.pause !== null,
  });
  noteVersion(c, versionOfTarget(view));
  return c.json({ id: target, ...toWireTarget(view) });
}

/** Null: its object does not answer. */
async function holdsOf({ clock, holds, telemetry }: HttpServices, target: string) {
  try {
    const held = await within(clock, limits.operatorWaitMs, holds.list(target));
    return held.map(({ since, ...hold }) => ({ ...hold, since: toIso(since) }));
  } catch (error) {
    telemetry.log('error', 'target.holds_unknown', { target, error: String(error) });
    return null;
  }
}
