// /admin/credentials: who may call the relay, and what each may do. A key is shown once, in the answer that makes it; nothing
// here can show it again. Nobody gives more than they have.

import type { Context, Hono } from 'hono';
import * as z from 'zod';
import type { CredentialRefusal, Giver } from '../../core/identity/credential.ts';
import { endsBootstrap } from '../../core/identity/credential.ts';
import { allScopes, presets } from '../../core/identity/scopes.ts';
import { limits } from '../../core/limits.ts';
import { isDiffering } from '../../core/precondition.ts';
import type { RelayDefinition } from '../../core/relay-definition.ts';
import { versionOfCredential } from '../../core/versions.ts';
import { operations } from '../../operations/index.ts';
import type { Issued, Registry } from '../../pipeline/registry-ports.ts';
import { answerList, answerVersioned, noteVersion, preconditionOf, refuseDiffering } from '../conditional.ts';
import { problem } from '../problem.ts';
import type { HttpEnv } from '../services.ts';
import { toWireCredential, toWireUsage } from '../to-wire-credential.ts';
import { recordAct } from './audit.ts';
import { instant } from './filter.ts';
import { noteField } from './resolutions.ts';
import { validBody } from './validate.ts';

const text = z.string().trim().min(1).max(limits.maxIdCharacters);

export const grantList = z
  .array(z.strictObject({ operation: text, target: text }))
  .max(limits.maxViewEntries);

export const credentialBody = z
  .strictObject({
    name: z.string().trim().min(1, 'is required: who holds it').max(limits.maxIdCharacters),
    preset: z.enum(Object.keys(presets) as [keyof typeof presets]).optional(),
    scopes: z
      .array(z.enum(allScopes as [(typeof allScopes)[number]]))
      .min(1)
      .optional(),
    sources: z.array(text).max(limits.maxViewEntries).optional(),
    grants: grantList.optional(),
    expiresAt: instant.optional(),
    token: z
      .strictObject({ issuer: z.string().min(1).max(512), subject: z.string().min(1).max(512) })
      .optional(),
    reason: noteField,
  })
  .refine((body) => (body.preset === undefined) !== (body.scopes === undefined), {
    path: ['scopes'],
    message: 'either scopes or a preset must be there',
  });

/** How long the value that is replaced stays good. */
export const overlapField = z
  .int()
  .min(0)
  .max(limits.maxOverlapMs / 1_000)
  .default(limits.defaultOverlapMs / 1_000);

export const rotateBody = z.strictObject({
  overlapSeconds: overlapField,
  reason: noteField,
});

export const reasonBody = z.strictObject({ reason: noteField });

export function routeCredentials(app: Hono<HttpEnv>): void {
  app.get('/admin/credentials', (c) =>
    withRegistry(c, async (registry) => {
      const [all, lastUses] = await Promise.all([registry.listCredentials(), registry.lastUses()]);
      const now = c.get('services').clock.now();
      return answerList(c, {
        credentials: all.map((each) =>
          toWireCredential(each, { now, lastUsedAt: lastUses[each.id] ?? null }),
        ),
      });
    }),
  );

  app.post('/admin/credentials', validBody(credentialBody), (c) => {
    const {
      reason,
      preset = null,
      scopes = null,
      sources = null,
      grants = null,
      ...rest
    } = c.req.valid('json');
    const unknown = unknownNames(c.get('services').definition, { sources, grants });
    if (unknown !== null) return problem(c, 'invalid_body', { errors: [unknown] });
    const { name, expiresAt = null, token: tokenSubject = null } = rest;
    const request = { name, preset, scopes, sources, grants, expiresAt, tokenSubject };
    return withRegistry(c, async (registry) => {
      const { adminKey } = c.get('services').config;
      const bootstrapKey = c.get('caller').credentialId === null ? adminKey : null;
      const made = await registry.createCredential(request, { ...giverOf(c), bootstrapKey });
      if (!made.ok) return refuse(c, made.error);
      await noteMade(c, made.value, reason);
      if (bootstrapKey !== null && endsBootstrap(made.value.credential))
        c.get('services').telemetry.log('info', 'bootstrap_key.ended', { requestId: c.get('requestId') });
      return c.json(toWireIssued(c, made.value), 201);
    });
  });

  app.get('/admin/credentials/:id', (c) =>
    withRegistry(c, async (registry) => {
      const found = await findCredential(registry, c.req.param('id'));
      if (found === null) return problem(c, 'not_found');
      const lastUsedAt = (await registry.lastUses())[found.id] ?? null;
      const { now } = c.get('services').clock;
      const shown = toWireCredential(found, { now: now(), lastUsedAt });
      return answerVersioned(c, shown, versionOfCredential(found));
    }),
  );

  app.get('/admin/credentials/:id/usage', (c) =>
    withRegistry(c, async (registry) => {
      const found = await findCredential(registry, c.req.param('id'));
      if (found === null) return problem(c, 'not_found');
      return c.json(toWireUsage(found, await registry.usageOf(found.id)));
    }),
  );

  app.post('/admin/credentials/:id/rotate', validBody(rotateBody), (c) => {
    const { overlapSeconds, reason } = c.req.valid('json');
    return withRegistry(c, async (registry) => {
      const when = preconditionOf(c);
      const giver = { ...giverOf(c), overlapMs: overlapSeconds * 1_000, when };
      const rotated = await registry.rotateCredential(c.req.param('id'), giver);
      if (!rotated.ok) return refuse(c, rotated.error);
      const { id } = rotated.value.credential;
      const after = `${id} new key, the old one for ${overlapSeconds} s`;
      await note(c, { action: 'credential_rotated', before: id, after, reason });
      return c.json(toWireIssued(c, rotated.value));
    });
  });

  app.post('/admin/credentials/:id/revoke', validBody(reasonBody), (c) => {
    const { reason } = c.req.valid('json');
    return withRegistry(c, async (registry) => {
      const { actor } = c.get('caller');
      const act = { by: actor, reason, when: preconditionOf(c) };
      const revoked = await registry.revokeCredential(c.req.param('id'), act);
      if (revoked === null) return problem(c, 'not_found');
      if (isDiffering(revoked)) return refuseDiffering(c, revoked);
      const before = `${revoked.id} ${revoked.name}`;
      await note(c, { action: 'credential_revoked', before, after: `${revoked.id} revoked`, reason });
      const now = c.get('services').clock.now();
      noteVersion(c, versionOfCredential(revoked));
      return c.json(toWireCredential(revoked, { now, lastUsedAt: null }));
    });
  });
}

/** Without a registry key there is nothing to ask. */
export async function withRegistry(
  c: Context<HttpEnv>,
  work: (registry: Registry) => Promise<Response>,
): Promise<Response> {
  const { registry } = c.get('services');
  return registry === null
    ? problem(c, 'registry_key_missing', { detail: 'Set the secret REGISTRY_KEY.' })
    : work(registry);
}

async function findCredential(registry: Registry, id: string) {
  return (await registry.listCredentials()).find((each) => each.id === id) ?? null;
}

function giverOf(c: Context<HttpEnv>): Giver {
  const { actor, scopes, view } = c.get('caller');
  return { actor, scopes, view };
}

/** A misspelt name would narrow a credential to nothing, or grant what is not meant. */
export function unknownNames(
  { sources: known, targets }: Pick<RelayDefinition, 'sources' | 'targets'>,
  asked: {
    readonly sources: readonly string[] | null;
    readonly grants: readonly { readonly operation: string; readonly target: string }[] | null;
  },
): { readonly field: string; readonly rule: string } | null {
  const source = asked.sources?.findIndex((id) => !known.has(id)) ?? -1;
  if (source >= 0) return { field: `sources[${source}]`, rule: 'must be a source of this relay' };
  for (const [index, { operation, target }] of (asked.grants ?? []).entries()) {
    if (operation !== '*' && !Object.hasOwn(operations, operation))
      return { field: `grants[${index}].operation`, rule: 'must be an operation of the catalogue, or *' };
    if (target !== '*' && !targets.has(target))
      return { field: `grants[${index}].target`, rule: 'must be a target of this relay, or *' };
  }
  return null;
}

type ControlAct = {
  readonly action: 'credential_made' | 'credential_rotated' | 'credential_revoked';
  readonly before: string | null;
  readonly after: string;
  readonly reason: string;
};

async function note(c: Context<HttpEnv>, act: ControlAct): Promise<void> {
  const { actor } = c.get('caller');
  const services = c.get('services');
  const fields = { requestId: c.get('requestId'), actor, act: act.action, credential: act.after };
  services.telemetry.log('info', 'credential.changed', fields);
  await recordAct(services, { ...act, actor, deliveryId: null, orderingKey: null, target: null });
}

async function noteMade(c: Context<HttpEnv>, { credential }: Issued, reason: string): Promise<void> {
  const { id, name, scopes, view } = credential;
  const after = `${id} ${name}: ${scopes.join(' ')} of ${JSON.stringify(view)}`;
  await note(c, { action: 'credential_made', before: null, after, reason });
}

function toWireIssued(c: Context<HttpEnv>, { credential, key }: Issued) {
  const now = c.get('services').clock.now();
  c.set('holdsSecret', true);
  noteVersion(c, versionOfCredential(credential));
  return { credential: toWireCredential(credential, { now, lastUsedAt: null }), key };
}

function refuse(c: Context<HttpEnv>, { reason, field, message }: CredentialRefusal): Response {
  const errors = [{ field, rule: message }];
  switch (reason) {
    case 'not_found':
      return problem(c, 'not_found');
    case 'invalid':
      return problem(c, 'invalid_body', { errors });
    case 'exceeds_giver':
      return problem(c, 'exceeds_own_access', { detail: message, errors });
    case 'too_many':
      return problem(c, 'limit_reached', { detail: message });
    case 'version_differs':
      return refuseDiffering(c, { version: message });
    case 'not_active':
    case 'has_no_key':
      return problem(c, 'credential_not_active', { detail: message });
  }
}
