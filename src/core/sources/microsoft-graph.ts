// Microsoft Graph change notifications: thin, several in one request, and lifecycle notifications among them. Pure but for
// Microsoft's keys. A subscription is made only after its validation token was echoed.

import { graphScheme } from '../signature/graph-scheme.ts';
import type { OpenTopics, SourcePreset } from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { validationTokenHandshake } from './handshakes.ts';
import { itemsIn, objectOf } from './items.ts';
import { firstOf, type Read, textAt } from './read-place.ts';
import { hours, seconds } from './replies.ts';

function resourceField({ payload }: Read, name: string): string | null {
  const value = objectOf(objectOf(payload).resourceData)[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** `#Microsoft.Graph.Message` → Message */
function readKind(from: Read): string | null {
  return resourceField(from, '@odata.type')?.split('.').at(-1) ?? null;
}

function readType(from: Read): string | undefined {
  const lifecycle = textAt(from, 'lifecycleEvent');
  if (lifecycle !== null) return `lifecycle.${lifecycle}`;
  const change = textAt(from, 'changeType');
  const kind = readKind(from)?.toLowerCase() ?? 'resource';
  return change === null ? undefined : `${kind}.${change}`;
}

/** The state that was reached, where it is told; of one that is not, every arrival counts. */
function readState(from: Read): string {
  return resourceField(from, '@odata.etag') ?? from.requestId;
}

export function microsoftGraph(options: { readonly applicationId?: string } = {}): SourcePreset<OpenTopics> {
  return definePreset({
    name: 'microsoft-graph',
    scheme: graphScheme({ applicationId: options.applicationId ?? null }),
    items: itemsIn('value'),
    id: {
      digest: [
        firstOf({ path: 'id' }, readState),
        { path: 'subscriptionId' },
        { path: 'resource' },
        firstOf({ path: 'changeType' }, { path: 'lifecycleEvent' }),
      ],
    },
    type: readType,
    entity: (from) => toEntity(readKind(from) ?? 'graph_resource', textAt(from, 'resourceData.id')),
    tenant: { path: 'tenantId' },
    handshake: validationTokenHandshake('graph_validation'),
    thin: true,
    reply: { status: 202, contentType: '', body: '' },
    delivery: { answerWithinMs: seconds(3), resendsForMs: hours(4) },
  });
}
