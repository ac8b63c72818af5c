// Mollie's classic webhooks: an unsigned form with an id. What is believed of it is that something changed; the source's
// URL carries a token, and what changed must be fetched. Pure.
// One payment's webhooks are all alike, so every arrival is an event: taking the second for a repeat would lose a change.

import { urlTokenScheme } from '../signature/token-scheme.ts';
import type { Entity, OpenTopics, SourcePreset } from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { type Read, textAt } from './read-place.ts';
import { hours, okReply, seconds } from './replies.ts';

const kinds: ReadonlyMap<string, string> = new Map([
  ['tr', 'payment'],
  ['ord', 'order'],
  ['re', 'refund'],
  ['sub', 'subscription'],
  ['pl', 'payment_link'],
]);

function kindOf(from: Read): string {
  return kinds.get((textAt(from, 'id') ?? '').split('_')[0] ?? '') ?? 'object';
}

function readEntity(from: Read): Entity | null {
  return toEntity(kindOf(from), textAt(from, 'id'));
}

export const mollieClassic: SourcePreset<OpenTopics> = definePreset({
  name: 'mollie-classic',
  scheme: urlTokenScheme({ name: 'mollie-classic' }),
  body: 'form',
  id: [{ path: 'id' }, (from) => from.requestId],
  type: (from) => `${kindOf(from)}.changed`,
  entity: readEntity,
  thin: true,
  reply: okReply,
  delivery: { answerWithinMs: seconds(15), resendsForMs: hours(26) },
});
