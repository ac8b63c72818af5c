// GitHub: signature, delivery id, type with its action, and the thing an event is about. Pure.
// GitHub never sends a delivery again by itself: what the relay did not take is found in the hook's list of deliveries.

import { hmacScheme } from '../signature/hmac-scheme.ts';
import { githubRow } from '../signature/schemes.ts';
import type { Entity, OpenTopics, SourcePreset } from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { firstOf, type Read, textAt } from './read-place.ts';
import { days, okReply, seconds } from './replies.ts';

/** What an event is about stands under one of these names; of an event with several the first counts. */
const subjects = [
  'pull_request',
  'issue',
  'release',
  'deployment',
  'check_run',
  'check_suite',
  'workflow_run',
  'discussion',
] as const;

function readType(from: Read): string | undefined {
  const event = from.headers['x-github-event'];
  const action = textAt(from, 'action');
  return event === undefined || action === null ? event : `${event}.${action}`;
}

/** What happens to an issue, a pull request … runs in its line; everything else in its repository's. */
function readEntity(from: Read): Entity | null {
  for (const subject of subjects) {
    const id = textAt(from, `${subject}.id`);
    if (id !== null) return toEntity(subject, id);
  }
  return toEntity('repository', textAt(from, 'repository.id'));
}

export const github: SourcePreset<OpenTopics> = definePreset({
  name: 'github',
  scheme: hmacScheme(githubRow),
  id: { header: 'x-github-delivery' },
  type: readType,
  entity: readEntity,
  occurredAt: firstOf(
    ...subjects.map((subject) => ({ path: `${subject}.updated_at` })),
    { path: 'head_commit.timestamp' },
    { path: 'repository.updated_at' },
  ),
  tenant: firstOf({ path: 'organization.login' }, { path: 'repository.owner.login' }),
  reply: okReply,
  delivery: { answerWithinMs: seconds(10), resendsForMs: days(3) },
});
