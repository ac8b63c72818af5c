// Zendesk: event subscriptions with id and type, and webhooks of triggers, whose body the user writes. Pure.

import { hmacScheme } from '../signature/hmac-scheme.ts';
import { zendeskRow } from '../signature/schemes.ts';
import type { Entity, OpenTopics, SourcePreset } from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { firstOf, type Read, textAt } from './read-place.ts';
import { hours, okReply, seconds } from './replies.ts';

/** `zen:ticket:123` */
function readEntity(from: Read): Entity | null {
  const [, kind = null] = textAt(from, 'subject')?.split(':') ?? [];
  const id = textAt(from, 'detail.id');
  return kind === null ? toEntity('ticket', textAt(from, 'ticket_id')) : toEntity(kind, id);
}

export const zendesk: SourcePreset<OpenTopics> = definePreset({
  name: 'zendesk',
  scheme: hmacScheme(zendeskRow),
  id: firstOf((from) => (textAt(from, 'type') === null ? null : textAt(from, 'id')), {
    header: 'x-zendesk-webhook-invocation-id',
  }),
  type: firstOf({ path: 'type' }, { fixed: 'trigger.fired' }),
  entity: readEntity,
  occurredAt: { path: 'time' },
  tenant: firstOf({ path: 'account_id' }, { header: 'x-zendesk-account-id' }),
  reply: okReply,
  delivery: { answerWithinMs: seconds(12), resendsForMs: hours(1) },
});
