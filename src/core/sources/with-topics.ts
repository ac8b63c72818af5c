// Adds payload types to a preset: a sender has more event types than a preset can spell out. Types only.

import type { SourcePreset } from '../source.ts';

/** What a preset with open topics is told is all there is; to one with payloads of its own it is added. */
type Told<Known extends object, Extra extends object> = string extends keyof Known ? Extra : Known & Extra;

/**
 * `withTopics<MyTopics, ShopifyTopics>(shopify)`, or `withTopics<MyTopics>(github)` where the preset knows no payloads;
 * `MyTopics` maps event types to their payloads. Nothing changes at run time: a preset identifies every event its sender
 * has.
 */
export function withTopics<Extra extends object, Known extends object = { readonly [type: string]: never }>(
  preset: SourcePreset<Known> | SourcePreset,
): SourcePreset<Told<Known, Extra>> {
  const untyped: SourcePreset = preset;
  return untyped as SourcePreset<Told<Known, Extra>>;
}
