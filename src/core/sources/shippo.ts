// Shippo: signed as Stripe signs, where Shippo gave out a secret; a source without one uses `shippoByToken`, whose URL
// carries a token instead. Pure. There is no event id: what happened to the parcel, and when, makes one.

import { hmacScheme } from '../signature/hmac-scheme.ts';
import type { SignatureScheme } from '../signature/scheme.ts';
import { shippoRow } from '../signature/schemes.ts';
import { urlTokenScheme } from '../signature/token-scheme.ts';
import type { OpenTopics, SourcePreset } from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { firstOf, textAt } from './read-place.ts';
import { days, okReply, seconds } from './replies.ts';

function withScheme(name: string, scheme: SignatureScheme): SourcePreset<OpenTopics> {
  return definePreset({
    name,
    scheme,
    id: {
      digest: [
        { path: 'event' },
        { path: 'data.tracking_number' },
        firstOf({ path: 'data.tracking_status.object_id' }, { path: 'data.object_id' }),
        firstOf(
          { path: 'data.tracking_status.status_date' },
          { path: 'data.object_updated' },
          (from) => from.payload,
        ),
      ],
    },
    type: { path: 'event' },
    entity: (from) =>
      toEntity('parcel', textAt(from, 'data.tracking_number')) ??
      toEntity('shippo_object', textAt(from, 'data.object_id')),
    occurredAt: firstOf({ path: 'data.tracking_status.status_date' }, { path: 'data.object_updated' }),
    reply: okReply,
    delivery: { answerWithinMs: seconds(3), resendsForMs: days(1) },
  });
}

export const shippo: SourcePreset<OpenTopics> = withScheme('shippo', hmacScheme(shippoRow));

export const shippoByToken: SourcePreset<OpenTopics> = withScheme(
  'shippo-by-token',
  urlTokenScheme({ name: 'shippo-by-token' }),
);
