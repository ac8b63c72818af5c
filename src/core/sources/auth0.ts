// Auth0: event streams, and log streams as a list, as one object or line by line; a static header as proof. Pure.

import { authorizationScheme } from '../signature/token-scheme.ts';
import type { OpenTopics, SourcePreset } from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { oneOrMany } from './items.ts';
import { firstOf, textAt } from './read-place.ts';
import { days, okReply } from './replies.ts';

export const auth0: SourcePreset<OpenTopics> = definePreset({
  name: 'auth0',
  scheme: authorizationScheme({ name: 'auth0' }),
  body: 'json_lines',
  items: oneOrMany,
  id: firstOf({ path: 'log_id' }, { path: 'id' }, { path: 'event.id' }),
  type: firstOf({ path: 'type' }, { path: 'data.type' }, { path: 'event.type' }),
  entity: (from) => toEntity('user', textAt(from, 'data.user_id') ?? textAt(from, 'data.object.user_id')),
  occurredAt: firstOf({ path: 'time' }, { path: 'data.date' }),
  tenant: firstOf({ path: 'a0tenant' }, { path: 'data.tenant_name' }),
  reply: okReply,
  delivery: { answerWithinMs: null, resendsForMs: days(7) },
});
