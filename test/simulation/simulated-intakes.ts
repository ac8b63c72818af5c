// Intakes of a simulation: requests with several events, some of whose bodies do not hold the entity and some that nobody
// can read; the sender's API they are fetched from; and what must have become of every item in the end.

import type { EnrichFailure } from '../../src/core/enrich.ts';
import type { JsonValue } from '../../src/core/json.ts';
import type { SourceDefinition } from '../../src/core/relay-definition.ts';
import { err, ok, type Result } from '../../src/core/result.ts';
import { toSenderApi } from '../../src/core/sender-api-options.ts';
import type { UnreadableItem, VerifiedRequest } from '../../src/core/source.ts';
import { standardWebhooks } from '../../src/core/sources/standard-webhooks.ts';
import { claimIntake } from '../../src/pipeline/claim-intake.ts';
import type { SenderApis } from '../../src/pipeline/intake-ports.ts';
import type { RejectedRequests } from '../../src/pipeline/ports.ts';
import type { IdentifiedItem } from '../../src/pipeline/verify.ts';
import { received } from '../support/requests.ts';
import { type Faults, times } from './faults.ts';
import type { SequencerHost } from './sequencer-host.ts';
import type { Story } from './story.ts';
import type { World } from './world.ts';

export const mailSource: SourceDefinition = {
  id: 'mail',
  preset: standardWebhooks(),
  secretVariable: 'MAIL_SECRET',
  previousSecretVariable: 'MAIL_SECRET_PREVIOUS',
  enrich: {
    api: toSenderApi({ baseUrl: 'MAIL_API_URL', token: null }),
    types: ['mail.thin'],
    enrich: ({ id }, api) => api.get(`/mails/${id}`),
  },
};

type Item = Result<IdentifiedItem, UnreadableItem>;

export type DrawnIntake = { readonly requestId: string; readonly items: readonly Item[] };

const dataOf = (type: string) => ({ type, data: { amount: 1, sequence: 1 } });

export function drawIntakes(world: World): readonly DrawnIntake[] {
  if (!world.chance(0.4)) return [];
  return Array.from({ length: world.between(1, 2) }, (_, n) => ({
    requestId: `intake${n}`,
    items: Array.from({ length: world.between(2, 4) }, (_each, index) => drawItem(world, `m${n}-${index}`)),
  }));
}

function drawItem(world: World, eventId: string): Item {
  if (world.chance(0.15)) {
    return err({ reason: 'missing_field', field: 'item $.id', rule: 'must be present', item: { eventId } });
  }
  const thin = world.chance(0.5);
  const type = thin ? 'mail.thin' : 'mail.full';
  const entity = { kind: 'order', id: world.pick(['1', '2', '3']) };
  const payload: JsonValue = thin ? { type } : dataOf(type);
  return ok({ identity: { eventId, type, entity, sequence: null, occurredAt: null, payload }, thin });
}

/** A sender posts until it is told that the request was received. */
export async function postIntake(story: Story, intake: DrawnIntake): Promise<void> {
  const { world, relay, definition } = story;
  const body = JSON.stringify(intake.items);
  for (;;) {
    const sequencers = world.chance(0.2) ? relay.earlierSequencers() : relay.sequencers();
    const { requestId } = intake;
    const named = { source: 'mail', requestId, verifiedWith: 'current' } as const;
    const request: VerifiedRequest = { ...received({ body, receivedAt: world.now() }), ...named };
    const answer = await claimIntake({ definition, sequencers }, request, intake.items);
    if (answer.kind === 'received') {
      world.note(`received ${answer.id} with ${intake.items.length} items: ${answer.status}`);
      story.received.add(intake);
      return;
    }
    await world.wait(times.senderRetryMs);
  }
}

/** The sender's API: away now and then, and never heard of again by who died. */
export function createSimulatedApis(
  world: World,
  faults: () => Faults,
  whileAlive: <T>(work: Promise<T>) => Promise<T>,
): SenderApis {
  const get = async (path: string): Promise<Result<JsonValue, EnrichFailure>> => {
    await world.wait(world.between(1, 4 * times.latencyMs));
    if (world.chance(2 * faults().erpUnavailable))
      return err({ reason: 'unavailable', message: `${path} is away` });
    return ok(dataOf('mail.thin'));
  };
  return {
    open: () => ({ get: (path) => whileAlive(get(path)) as never }),
    openListing: () => {
      throw new Error('nothing is listed in a simulation');
    },
  };
}

export type RejectedItems = Pick<RejectedRequests, 'record'> & { readonly ids: ReadonlySet<string> };

export function createRejectedItems(world: World, faults: () => Faults): RejectedItems {
  const ids = new Set<string>();
  return {
    ids,
    record: async ({ id }) => {
      await world.wait(world.between(1, times.latencyMs));
      if (world.chance(faults().journalAway)) throw new Error('the journal is away');
      ids.add(id);
    },
  };
}

/** An operator has dead items fetched again. */
export async function reviveIntakes({ world, relay }: Story): Promise<void> {
  for (const host of relay.hosts()) {
    try {
      const port = relay.portOf(host);
      for (const { id, counts } of await port.listIntakes()) {
        if ((counts.dead ?? 0) > 0)
          await port.reviveIntake({ id, as: 'retry', actor: 'olga', note: 'the API is back' });
      }
    } catch {
      world.note('the operator got no answer');
    }
  }
}

/** Every item that can be read is an event, every other one is kept for a person, and no intake is left behind. */
export function checkIntakes(on: {
  readonly problem: (text: string) => void;
  readonly received: ReadonlySet<DrawnIntake>;
  readonly rejected: RejectedItems;
  readonly hosts: readonly SequencerHost[];
  readonly now: number;
}): void {
  const { problem, rejected, hosts, now } = on;
  const kept = new Set(
    hosts
      .flatMap(({ rows }) => [...rows.openRecords(), ...rows.settledRecords()])
      .map(({ event }) => event.eventId),
  );
  let unreadableCount = 0;
  for (const { items, requestId } of on.received) {
    for (const item of items) {
      if (!item.ok) unreadableCount += 1;
      else if (!kept.has(item.value.identity.eventId))
        problem(`${item.value.identity.eventId} of ${requestId} was received and is no event`);
    }
  }
  if (rejected.ids.size < unreadableCount)
    problem(`${rejected.ids.size} of ${unreadableCount} unreadable items are kept`);
  for (const host of hosts) {
    for (const { id, counts } of host.core().intakes.list(now))
      problem(`intake ${id} never ended: ${JSON.stringify(counts)}`);
  }
}
