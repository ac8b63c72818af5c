// /admin/secrets: webhook secrets and ERP credentials, set and rotated without a deploy. Write-only: nothing here can show a value.
// A secret set here takes the place of the Worker's of the same source or target; removing it gives that back its place.

import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { limits } from '../../core/limits.ts';
import { isDiffering } from '../../core/precondition.ts';
import type { SecretView } from '../../pipeline/registry-ports.ts';
import { within } from '../../pipeline/within.ts';
import { answerList, answerVersioned, noteVersion, preconditionOf, refuseDiffering } from '../conditional.ts';
import { problem } from '../problem.ts';
import type { HttpEnv } from '../services.ts';
import { toIso } from '../to-wire.ts';
import { recordAct } from './audit.ts';
import { overlapField, reasonBody, withRegistry } from './credentials.ts';
import { noteField } from './resolutions.ts';
import { isVisibleSecret, secretProblems, settableSecrets } from './secret-kinds.ts';
import { validBody } from './validate.ts';

const value = z.string().min(1, 'may not be empty').max(limits.maxSecretCharacters);

export const secretBody = z.strictObject({
  values: z
    .record(z.string().max(limits.maxIdCharacters), value)
    .refine((values) => Object.keys(values).length <= limits.maxSecretFields, 'has too many fields'),
  overlapSeconds: overlapField,
  reason: noteField,
});

export function routeSecrets(app: Hono<HttpEnv>): void {
  app.get('/admin/secrets', (c) =>
    withRegistry(c, async (registry) => {
      const all = await registry.listSecrets();
      const seen = all.filter(({ name }) => isVisible(c, name));
      const { definition } = c.get('services');
      const settable = settableSecrets(definition, c.get('caller').view);
      return answerList(c, { secrets: seen.map(toWireSecret), settable });
    }),
  );

  app.get('/admin/secrets/:kind/:id', (c) =>
    withRegistry(c, async (registry) => {
      const name = nameOf(c);
      const isSeen = isVisible(c, name);
      const found = isSeen ? (await registry.listSecrets()).find((each) => each.name === name) : undefined;
      if (found === undefined) return problem(c, 'not_found');
      return answerVersioned(c, toWireSecret(found), found.revision);
    }),
  );

  // Before the routes of one secret, whose pattern it would match.
  app.post('/admin/secrets/rotate-key', validBody(reasonBody), (c) => {
    const { reason } = c.req.valid('json');
    return withRegistry(c, async (registry) => {
      const { keyId, secretCount } = await registry.rotateDataKey();
      await note(c, { action: 'data_key_rotated', after: `${keyId} seals ${secretCount} secrets`, reason });
      return c.json({ keyId, secretCount });
    });
  });

  app.put('/admin/secrets/:kind/:id', validBody(secretBody), (c) => {
    const { values, overlapSeconds, reason } = c.req.valid('json');
    const name = nameOf(c);
    const { definition } = c.get('services');
    if (!isVisible(c, name)) return problem(c, 'not_found');
    const errors = secretProblems(definition, name, values);
    if (errors.length > 0) return problem(c, 'invalid_body', { errors });
    return withRegistry(c, async (registry) => {
      const { actor } = c.get('caller');
      const overlapMs = overlapSeconds * 1_000;
      const set = await registry.putSecret({ name, values, overlapMs, actor, when: preconditionOf(c) });
      if (set === null)
        return problem(c, 'limit_reached', { detail: `${limits.maxRegistrySecrets} secrets.` });
      if (isDiffering(set)) return refuseDiffering(c, set);
      const version = set.versions[0]?.version ?? 0;
      await note(c, { action: 'secret_set', after: `${name} version ${version}`, reason });
      noteVersion(c, set.revision);
      const shown = toWireSecret(set);
      return c.json(
        definition.targets.has(targetOf(name)) ? { ...shown, login: await logIn(c, name) } : shown,
      );
    });
  });

  app.post('/admin/secrets/:kind/:id/end-previous', validBody(reasonBody), (c) => {
    const { reason } = c.req.valid('json');
    const name = nameOf(c);
    if (!isVisible(c, name)) return problem(c, 'not_found');
    return withRegistry(c, async (registry) => {
      const ended = await registry.endPreviousSecret(name, preconditionOf(c));
      if (ended === null) return problem(c, 'not_found');
      if (isDiffering(ended)) return refuseDiffering(c, ended);
      await note(c, { action: 'secret_previous_ended', after: name, reason });
      noteVersion(c, ended.revision);
      return c.json(toWireSecret(ended));
    });
  });

  app.delete('/admin/secrets/:kind/:id', validBody(reasonBody), (c) => {
    const { reason } = c.req.valid('json');
    const name = nameOf(c);
    if (!isVisible(c, name)) return problem(c, 'not_found');
    return withRegistry(c, async (registry) => {
      const removed = await registry.removeSecret(name, preconditionOf(c));
      if (isDiffering(removed)) return refuseDiffering(c, removed);
      if (!removed) return problem(c, 'not_found');
      await note(c, { action: 'secret_removed', after: name, reason });
      return c.json({ name, removed: true });
    });
  });
}

function nameOf(c: Context<HttpEnv>): string {
  return `${c.req.param('kind')}/${c.req.param('id')}`;
}

function isVisible(c: Context<HttpEnv>, name: string): boolean {
  return isVisibleSecret(c.get('services').definition, c.get('caller').view, name);
}

/** Empty: it is of no target, or of a single source there, whose deliveries a person lets go. */
function targetOf(name: string): string {
  const [kind, id = ''] = name.split('/');
  return kind === 'target' ? id : '';
}

/** A target that was held for want of a good credential is logged in to at once, this once: its deliveries need not wait for it. */
async function logIn(c: Context<HttpEnv>, name: string) {
  const { clock, targets, telemetry } = c.get('services');
  const target = targetOf(name);
  try {
    const answer = await within(clock, limits.operatorWaitMs, targets.authorize(target));
    if (answer.kind !== 'authorized') return { status: answer.kind, message: answer.message };
    return { status: answer.already ? 'not_needed' : 'authorized', message: null };
  } catch (error) {
    telemetry.log('error', 'target.unavailable', { target, error: String(error) });
    return { status: 'unavailable', message: 'the target did not answer' };
  }
}

type SecretAct = {
  readonly action: 'secret_set' | 'secret_previous_ended' | 'secret_removed' | 'data_key_rotated';
  readonly after: string;
  readonly reason: string;
};

async function note(c: Context<HttpEnv>, { action, after, reason }: SecretAct): Promise<void> {
  const services = c.get('services');
  const { actor } = c.get('caller');
  const fields = { requestId: c.get('requestId'), actor, act: action, secret: after };
  services.telemetry.log('info', 'secret.changed', fields);
  const none = { deliveryId: null, orderingKey: null, target: null, before: null };
  await recordAct(services, { ...none, actor, action, after, reason });
}

function toWireSecret({ name, fields, versions }: SecretView) {
  return {
    name,
    fields,
    versions: versions.map(({ createdAt, endsAt, ...rest }) => ({
      ...rest,
      createdAt: toIso(createdAt),
      endsAt: toIso(endsAt),
    })),
  };
}
