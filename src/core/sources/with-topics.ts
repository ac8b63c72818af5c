// Adds payload types to a preset: a sender has more event types than a preset can spell out. Types only.

import type { SourcePreset } from '../source.ts';

/**
 * `withTopics<MyTopics, ShopifyTopics>(shopify)`, where `MyTopics` maps further event types to their payloads.
 * Nothing changes at run time: a preset identifies every event its sender has.
 */
export function withTopics<Extra extends object, Known extends object>(
  preset: SourcePreset<Known>,
): SourcePreset<Known & Extra> {
  const untyped: SourcePreset = preset;
  return untyped as SourcePreset<Known & Extra>;
}
