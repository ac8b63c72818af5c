// EasyPost: HMAC over the body with the secret in Unicode's NFKD form. Pure.
// Its second signature, over time, method and path as well, is described by no vector and no library of the vendor's yet:
// `easypostV2` is experimental.

import { hmacScheme } from '../signature/hmac-scheme.ts';
import { easypostRow, easypostV2Row } from '../signature/schemes.ts';
import type { OpenTopics, SourcePreset } from '../source.ts';
import { definePreset, type PresetDescription } from './define-preset.ts';
import { days, okReply, seconds } from './replies.ts';

const description: PresetDescription<OpenTopics> = {
  name: 'easypost',
  scheme: hmacScheme(easypostRow),
  id: { path: 'id' },
  type: { path: 'description' },
  entity: { kind: { path: 'result.object' }, id: { path: 'result.id' } },
  // Not `updated_at`, which changes as the event is delivered.
  occurredAt: { path: 'created_at' },
  tenant: { path: 'user_id' },
  reply: okReply,
  delivery: { answerWithinMs: seconds(7), resendsForMs: days(1) },
};

export const easypost: SourcePreset<OpenTopics> = definePreset(description);

export const easypostV2: SourcePreset<OpenTopics> = definePreset({
  ...description,
  name: 'easypost-v2',
  scheme: hmacScheme(easypostV2Row),
  experimental: 'the vendor publishes neither a vector nor a library for this signature',
});
