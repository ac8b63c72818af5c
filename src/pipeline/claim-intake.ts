// Stage 3 for a request with several or thin events · in: VerifiedRequest, items · out: received or duplicate, durably
// One call to one sequencer, however many events: each item goes along planned, and is claimed in its own partition after
// the answer. The intake is found again by what was sent: the source, the events it names and the body.

import { intakeId, intakePartition } from '../core/intake-id.ts';
import { limits } from '../core/limits.ts';
import type { RelayDefinition } from '../core/relay-definition.ts';
import { err, type Result } from '../core/result.ts';
import type { IntakeAnswer, IntakeRequest } from '../core/sequencer/intake-messages.ts';
import type { ItemWork } from '../core/sequencer/intake-record.ts';
import type { UnreadableItem, VerifiedRequest } from '../core/source.ts';
import { keepHeaders, repeatCall } from './claim.ts';
import { planEvent, toItemHeaders } from './plan-event.ts';
import type { Sequencers } from './ports.ts';
import type { IdentifiedItem } from './verify.ts';

export type ClaimIntakeDependencies = {
  readonly definition: Pick<RelayDefinition, 'routesFor'>;
  readonly sequencers: Sequencers;
};

type Items = readonly Result<IdentifiedItem, UnreadableItem>[];

export type ClaimIntakeResult = IntakeAnswer | { readonly kind: 'unknown'; readonly message: string };

export async function claimIntake(
  deps: ClaimIntakeDependencies,
  request: VerifiedRequest,
  items: Items,
): Promise<ClaimIntakeResult> {
  const { partitions, generation } = deps.sequencers;
  const id = intakeId(await digest(request, items), partitions);
  const { source, requestId, receivedAt, trace } = request;
  const kept = {
    ...{ source, requestId, receivedAt, headers: keepHeaders(toItemHeaders(request.headers)) },
    ...(trace === undefined ? {} : { trace }),
  };
  const intake: IntakeRequest = {
    ...{ id, ...kept, partitions, generation },
    items: items.map((item) => toNewItem(toWork(deps, kept, told(item, request)))),
  };
  return repeatCall(() => deps.sequencers.of(intakePartition(id) ?? 0).claimIntake(intake));
}

/** Where a preset cannot tell what stands there, the beginning of the request is kept. */
function told(item: Items[number], request: VerifiedRequest): Items[number] {
  if (item.ok || item.error.item !== undefined) return item;
  const beginning = new TextDecoder().decode(request.body.subarray(0, limits.maxUnreadableItemChars));
  return err({ ...item.error, item: beginning });
}

/** Event ids may stand in headers, so that two requests of one body are two. JSON keeps the parts apart. */
async function digest(request: VerifiedRequest, items: Items): Promise<string> {
  const ids = items.map((item) => (item.ok ? item.value.identity.eventId : null));
  const head = new TextEncoder().encode(JSON.stringify([request.source, ids]));
  const content = new Uint8Array(head.length + request.body.length);
  content.set(head);
  content.set(request.body, head.length);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', content));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function toWork(
  deps: ClaimIntakeDependencies,
  request: Parameters<typeof planEvent>[1],
  item: Items[number],
): ItemWork {
  if (!item.ok) {
    const { item: unreadable = null, ...problem } = item.error;
    return { kind: 'report', problem, item: unreadable };
  }
  const { identity, thin } = item.value;
  if (thin) return { kind: 'enrich', identity };
  const { payload } = identity;
  return { kind: 'claim', claim: { ...planEvent(deps.definition, request, identity), payload } };
}

function toNewItem(work: ItemWork): IntakeRequest['items'][number] {
  const { eventId, type } = nameOf(work);
  if (JSON.stringify(work).length <= limits.maxIntakeItemChars) return { eventId, type, work };
  // Only numbers and escapes make JSON grow so much when it is written again.
  const rule = `must have at most ${limits.maxIntakeItemChars} characters as JSON with its deliveries`;
  const problem = { reason: 'invalid_field', field: 'item', rule } as const;
  return { eventId, type, work: { kind: 'report', problem, item: null } };
}

function nameOf(work: ItemWork): { readonly eventId: string | null; readonly type: string | null } {
  if (work.kind === 'report') return { eventId: null, type: null };
  return work.kind === 'claim' ? work.claim.event : work.identity;
}
