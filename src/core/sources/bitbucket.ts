// Bitbucket Cloud and Data Center: SHA-256 in the header that GitHub uses for SHA-1. Pure.
// The request's id changes with every attempt, so the event's is a digest of what it says.

import { hmacScheme } from '../signature/hmac-scheme.ts';
import { bitbucketRow } from '../signature/schemes.ts';
import type { Entity, OpenTopics, SourcePreset } from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { firstOf, type Read, textAt } from './read-place.ts';
import { hours, okReply, seconds } from './replies.ts';

function readEntity(from: Read): Entity | null {
  const repository = textAt(from, 'repository.uuid') ?? textAt(from, 'repository.id');
  const pullRequest = textAt(from, 'pullrequest.id') ?? textAt(from, 'pullRequest.id');
  if (pullRequest === null) return toEntity('repository', repository);
  return toEntity('pull_request', repository === null ? pullRequest : `${repository}:${pullRequest}`);
}

export const bitbucket: SourcePreset<OpenTopics> = definePreset({
  name: 'bitbucket',
  scheme: hmacScheme(bitbucketRow),
  id: { digest: [{ header: 'x-event-key' }, (from) => from.payload] },
  type: { header: 'x-event-key' },
  entity: readEntity,
  occurredAt: firstOf(
    { path: 'pullrequest.updated_on' },
    { path: 'push.changes[0].new.target.date' },
    { path: 'date' },
  ),
  tenant: firstOf({ path: 'repository.workspace.uuid' }, { path: 'repository.project.key' }),
  reply: okReply,
  delivery: { answerWithinMs: seconds(10), resendsForMs: hours(1) },
});
