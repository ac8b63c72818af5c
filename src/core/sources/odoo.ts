// Odoo: the webhook an automation rule sends, with the fields the rule lists. Unsigned, so the source's URL carries a token.
// Pure. It is sent once, with a second to answer: what the relay did not take is never sent again.

import { urlTokenScheme } from '../signature/token-scheme.ts';
import type { Entity, OpenTopics, SourcePreset } from '../source.ts';
import { definePreset, toEntity, toKind } from './define-preset.ts';
import { type Read, textAt } from './read-place.ts';
import { okReply, seconds } from './replies.ts';

/** Models by what the relay calls such things. */
const orderModels: ReadonlySet<string> = new Set(['sale.order']);

/** `Order confirmed(#12)` → order_confirmed */
function readRule(from: Read): string | undefined {
  const name = textAt(from, '_action')?.replace(/\(#\d+\)$/, '');
  return name === undefined ? undefined : toKind(name);
}

function readEntity(from: Read): Entity | null {
  const model = textAt(from, '_model');
  const reference = textAt(from, 'client_order_ref');
  if (model !== null && orderModels.has(model) && reference !== null) return toEntity('order', reference);
  return toEntity(model, textAt(from, '_id'));
}

/** `2026-11-24 09:00:00`, in UTC. */
function readTime(from: Read): string | undefined {
  const written = textAt(from, 'write_date');
  return written === null ? undefined : `${written.replace(' ', 'T')}Z`;
}

/** The record as of one change; of a rule that does not send `write_date`, every arrival counts. */
function readState(from: Read): string {
  return textAt(from, 'write_date') ?? from.requestId;
}

export const odoo: SourcePreset<OpenTopics> = definePreset({
  name: 'odoo',
  scheme: urlTokenScheme({ name: 'odoo' }),
  id: { digest: [{ path: '_model' }, { path: '_id' }, { path: '_action' }, readState] },
  type: [{ path: '_model' }, readRule],
  entity: readEntity,
  occurredAt: readTime,
  reply: okReply,
  delivery: { answerWithinMs: seconds(1), resendsForMs: 0 },
});
