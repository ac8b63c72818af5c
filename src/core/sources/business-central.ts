// Business Central change notifications: thin, several in one request, each with the client state of its subscription. Pure.
// A subscription is made and renewed only after its validation token was echoed.

import { graphScheme } from '../signature/graph-scheme.ts';
import type { Entity, OpenTopics, SourcePreset } from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { validationTokenHandshake } from './handshakes.ts';
import { itemsIn } from './items.ts';
import { type Read, textAt } from './read-place.ts';
import { emptyOkReply, hours, seconds } from './replies.ts';

/** `api/v2.0/companies({id})/items({id})`; of a change of many (`collection`) there is no record's id. */
const resourcePattern = /companies\(([^)]+)\)\/([A-Za-z]+)(?:\(([^)]+)\))?/;

function partsOf(from: Read) {
  const [, company = null, collection = null, id = null] =
    resourcePattern.exec(textAt(from, 'resource') ?? '') ?? [];
  return { company, collection, id };
}

function readType(from: Read): string | undefined {
  const { collection } = partsOf(from);
  const change = textAt(from, 'changeType');
  return collection === null || change === null ? undefined : `${collection}.${change}`;
}

function readEntity(from: Read): Entity | null {
  const { collection, id } = partsOf(from);
  return toEntity(collection, id);
}

export const businessCentral: SourcePreset<OpenTopics> = definePreset({
  name: 'business-central',
  scheme: { ...graphScheme({ applicationId: null }), name: 'business-central' },
  items: itemsIn('value'),
  id: {
    digest: [
      { path: 'subscriptionId' },
      { path: 'resource' },
      { path: 'changeType' },
      { path: 'lastModifiedDateTime' },
    ],
  },
  type: readType,
  entity: readEntity,
  occurredAt: { path: 'lastModifiedDateTime' },
  tenant: (from) => partsOf(from).company ?? undefined,
  version: { path: 'lastModifiedDateTime' },
  handshake: validationTokenHandshake('business_central_validation'),
  thin: true,
  reply: emptyOkReply,
  delivery: { answerWithinMs: seconds(3), resendsForMs: hours(36) },
});
