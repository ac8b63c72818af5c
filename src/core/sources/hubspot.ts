// HubSpot: up to a hundred events in one request, signed over method, URL, body and time (v3). Pure.
// HubSpot sends its older signatures beside the new one: they sign no time and are refused here, unless a source says that
// its app gets nothing better.

import { digestScheme } from '../signature/digest-scheme.ts';
import { hmacScheme } from '../signature/hmac-scheme.ts';
import type { SignatureScheme, SignedPart } from '../signature/scheme.ts';
import { hubspotRow } from '../signature/schemes.ts';
import type { OpenTopics, SourcePreset } from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { oneOrMany } from './items.ts';
import { textAt } from './read-place.ts';
import { hours, okReply, seconds } from './replies.ts';

/** What HubSpot decodes in a URL before it signs it; the rest stays encoded. */
const decoded: Readonly<Record<string, string>> = {
  '%3A': ':',
  '%2F': '/',
  '%3F': '?',
  '%40': '@',
  '%21': '!',
  '%24': '$',
  '%27': "'",
  '%28': '(',
  '%29': ')',
  '%2A': '*',
  '%2C': ',',
  '%3B': ';',
};

function decodeUrl(url: string): string {
  return url.replace(/%[0-9A-Fa-f]{2}/g, (code) => decoded[code.toUpperCase()] ?? code);
}

const plainV3 = hmacScheme(hubspotRow);

const v3: SignatureScheme = {
  ...plainV3,
  verify: async (check) => {
    const verdict = await plainV3.verify(check);
    const publicUrl = check.publicUrl === null ? null : decodeUrl(check.publicUrl);
    if (verdict.ok || verdict.reason !== 'mismatch' || publicUrl === check.publicUrl) return verdict;
    return plainV3.verify({ ...check, publicUrl });
  },
};

const olderSigned: Readonly<Record<'v1' | 'v2', readonly SignedPart[]>> = {
  v1: [{ kind: 'raw' }],
  v2: [{ kind: 'method' }, { kind: 'url' }, { kind: 'raw' }],
};

function older(version: 'v1' | 'v2'): SignatureScheme {
  return digestScheme({
    name: `hubspot-${version}`,
    header: 'x-hubspot-signature',
    signed: olderSigned[version],
    version: { header: 'x-hubspot-signature-version', value: version },
  });
}

/** `signature`: v3 for every app that can have it. v1 and v2 prove the sender, and not that the request is new. */
export function hubspot(options: { readonly signature?: 'v1' | 'v2' | 'v3' } = {}): SourcePreset<OpenTopics> {
  const { signature = 'v3' } = options;
  return definePreset({
    name: 'hubspot',
    scheme: signature === 'v3' ? v3 : older(signature),
    items: oneOrMany,
    // An event id alone is not unique: two subscriptions count from the same numbers.
    id: [{ path: 'subscriptionId' }, { path: 'eventId' }, { path: 'occurredAt' }],
    type: { path: 'subscriptionType' },
    // `contact.propertyChange` is about a contact; ids are those of one portal.
    entity: (from, type) => {
      const [portal, id] = [textAt(from, 'portalId'), textAt(from, 'objectId')];
      return portal === null || id === null ? null : toEntity(type.split('.')[0] ?? null, `${portal}:${id}`);
    },
    occurredAt: { at: { path: 'occurredAt' }, unit: 'ms' },
    tenant: { path: 'portalId' },
    signsGet: true,
    reply: okReply,
    delivery: { answerWithinMs: seconds(5), resendsForMs: hours(24) },
  });
}
