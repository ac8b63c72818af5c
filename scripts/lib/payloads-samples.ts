// Realistic payloads of every sender by topic, as the signers take them: documented fields, in the senders' own spelling.
// `id` is the thing an event is about, `at` (epoch ms) when it changed. For the send script and the tests.

import { erpSamples } from './payloads-erps.ts';
import { purchaseSamples } from './payloads-purchases.ts';
import { serviceSamples } from './payloads-services.ts';
import type { Sender } from './senders.ts';

export type Sample = (about: { readonly id: string; readonly at: number }) => unknown;
export type Samples = Readonly<Record<string, Sample>>;

export const samples: Readonly<Record<Sender, Samples>> = {
  ...purchaseSamples,
  ...serviceSamples,
  ...erpSamples,
};

/** The topics a sender has a sample of. */
export function topicsOf(sender: Sender): readonly string[] {
  return Object.keys(samples[sender]);
}
