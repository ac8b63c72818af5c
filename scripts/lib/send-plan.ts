// What `npm run send` is about to do: which sender signs, with which secret, for which URL. Decides; sends nothing.

import type { SourceDefinition } from '../../src/core/relay-definition.ts';
import type { SignatureScheme, SignedRow } from '../../src/core/signature/scheme.ts';
import { integrations } from '../../src/integrations/index.ts';
import { samples } from './payloads-samples.ts';
import { isSender, type Sender } from './senders.ts';

/** Senders whose keys nobody else has: what is sent in their name is refused, and that is what is shown. */
const keptKeys: readonly Sender[] = ['sns', 'paypal', 'ebay', 'adobe-io-events', 'plaid', 'shipstation'];

/** Senders with a key pair, of which the source has the public half. */
const keyPairs: readonly Sender[] = ['sendgrid', 'discord'];

export type SendPlan = {
  readonly source: string;
  /** Null: a sender of one's own, signed for by what its scheme says. */
  readonly sender: Sender | null;
  readonly row: SignedRow | null;
  readonly secretVariable: string;
  readonly urlVariable: string | null;
  /** What holds the key the request is signed with. */
  readonly key: 'secret' | 'key_pair' | 'kept_by_sender';
};

/** The example warehouse has a signer; its preset goes by its own name. */
function senderOf(preset: string): Sender | null {
  if (preset === 'warehouse') return 'generic-hmac';
  return isSender(preset) ? preset : null;
}

function rowOf(scheme: SignatureScheme): SignedRow | null {
  return (scheme as SignatureScheme & { readonly row?: SignedRow }).row ?? null;
}

function findSource(id: string): SourceDefinition | undefined {
  return integrations.flatMap(({ sources }) => sources).find((source) => source.id === id);
}

function keyOf(sender: Sender | null): SendPlan['key'] {
  if (sender !== null && keptKeys.includes(sender)) return 'kept_by_sender';
  return sender !== null && keyPairs.includes(sender) ? 'key_pair' : 'secret';
}

/** `name`: a source of the integrations, or a sender's preset for a source that goes by its name. Null: neither. */
export function planSend(name: string): SendPlan | null {
  const source = findSource(name);
  if (source === undefined) {
    if (!isSender(name)) return null;
    const secretVariable = `${name.toUpperCase().replaceAll('-', '_')}_WEBHOOK_SECRET`;
    return { source: name, sender: name, row: null, secretVariable, urlVariable: null, key: keyOf(name) };
  }
  const { preset, secretVariable, urlVariable = null } = source;
  const sender = senderOf(preset.name);
  return { source: name, sender, row: rowOf(preset.scheme), secretVariable, urlVariable, key: keyOf(sender) };
}

export function sourceNames(): readonly string[] {
  return [...new Set(integrations.flatMap(({ sources }) => sources.map(({ id }) => id)))];
}

/** A realistic payload, or null where there is none of that topic. */
export function samplePayload(
  sender: Sender | null,
  topic: string,
  about: { id: string; at: number },
): unknown {
  return (sender === null ? undefined : samples[sender][topic]?.(about)) ?? null;
}
