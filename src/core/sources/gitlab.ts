// GitLab: a signing token (`whsec_…`, GitLab 19 and later) or the older secret token, which is shown and signs nothing.
// Which of the two counts is the source's to say, by its secret: never the request's. Pure.

import { canonicalJson } from '../input-hash.ts';
import { sha256Hex } from '../sha256.ts';
import { matchSecrets } from '../signature/match-signature.ts';
import type { SignatureScheme } from '../signature/scheme.ts';
import { headerTokenScheme } from '../signature/token-scheme.ts';
import type { Entity, OpenTopics, SourcePreset } from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { firstOf, type Read, textAt } from './read-place.ts';
import { days, okReply, seconds } from './replies.ts';
import { standardScheme } from './standard-scheme.ts';

const token = headerTokenScheme({ name: 'gitlab-token', header: 'x-gitlab-token' });

function schemeFor(secret: string): SignatureScheme {
  return secret.startsWith('whsec_') ? standardScheme : token;
}

const scheme: SignatureScheme = {
  name: 'gitlab',
  headers: [...standardScheme.headers, ...token.headers],
  needsUrl: false,
  secretProblem: (secret) => schemeFor(secret).secretProblem(secret),
  verify: (check) =>
    matchSecrets(check, token.headers[0] ?? null, async (secret) => {
      const verdict = await schemeFor(secret).verify({
        ...check,
        secrets: { current: secret, previous: null },
      });
      return verdict.ok ? 'match' : verdict.reason;
    }),
};

function readType(from: Read): string | undefined {
  const kind = textAt(from, 'object_kind') ?? textAt(from, 'event_name');
  const action = textAt(from, 'object_attributes.action');
  return kind === null || action === null ? (kind ?? undefined) : `${kind}.${action}`;
}

/**
 * Of a GitLab before 17.4, which sends no key that a retry has in common. The event's UUID alone would not do: hooks that
 * set off each other share it.
 */
function digestOfBody({ headers, payload }: Read): string {
  return `sha256_${sha256Hex(canonicalJson([headers['x-gitlab-event-uuid'] ?? null, payload]))}`;
}

/** An issue or merge request has a number within its project; everything else runs in the project's line. */
function readEntity(from: Read): Entity | null {
  const project = textAt(from, 'project.id') ?? textAt(from, 'project_id');
  const number = textAt(from, 'object_attributes.iid');
  if (project === null) return null;
  return number === null
    ? toEntity('project', project)
    : toEntity(textAt(from, 'object_kind'), `${project}:${number}`);
}

/** `2026-01-23 12:53:18 UTC` as well as ISO 8601. */
function readTime(from: Read): string | undefined {
  return textAt(from, 'object_attributes.updated_at')?.replace(/ UTC$/, 'Z');
}

export const gitlab: SourcePreset<OpenTopics> = definePreset({
  name: 'gitlab',
  scheme,
  id: firstOf({ header: 'webhook-id' }, { header: 'idempotency-key' }, digestOfBody),
  type: readType,
  entity: readEntity,
  occurredAt: firstOf(readTime, { path: 'commits[0].timestamp' }),
  tenant: { header: 'x-gitlab-instance' },
  reply: okReply,
  delivery: { answerWithinMs: seconds(10), resendsForMs: days(7) },
});
