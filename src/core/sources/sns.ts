// Amazon SNS over HTTPS: notifications of one's own topics, for example a bridge from Selling Partner API notifications.
// A subscription is confirmed by visiting an address in a signed message. Pure but for certificates and that visit.

import { isJsonObject, type JsonValue } from '../json.ts';
import { isSnsHost, snsField, snsScheme } from '../signature/sns-scheme.ts';
import type { Acknowledgement, SourcePreset, VerifiedRequest } from '../source.ts';
import { definePreset, type EntityPlace } from './define-preset.ts';
import { emptyAnswer } from './handshakes.ts';
import { objectOf } from './items.ts';
import { parseJsonBody } from './parse-json-body.ts';
import { firstOf, type Place, type Read, type ReadFunction, textAt, toReader } from './read-place.ts';
import { emptyOkReply, hours, seconds } from './replies.ts';

/** The envelope; `Message` is always a text, and JSON where the publisher writes JSON. */
export type SnsNotification = {
  readonly Type: 'Notification';
  readonly MessageId: string;
  readonly TopicArn: string;
  readonly Subject?: string | null;
  readonly Message: string;
  /** ISO 8601: when it was published. */
  readonly Timestamp: string;
  readonly MessageAttributes?: { readonly [name: string]: { readonly Type: string; readonly Value: string } };
};

export type SnsOptions = {
  /** Places in the message, which must then be JSON. Absent: the topic's name is the type, and there is no entity. */
  readonly type?: Place;
  readonly entity?: EntityPlace;
};

function acknowledge(request: VerifiedRequest): Acknowledgement | null {
  const body = parseJsonBody(request.body);
  if (!body.ok || !isJsonObject(body.value)) return null;
  const message = body.value;
  switch (message.Type) {
    case 'SubscriptionConfirmation':
      return {
        answer: emptyAnswer('sns_subscription', 200),
        visit: { url: snsField(message, 'SubscribeURL') ?? '', allows: isSnsHost },
      };
    case 'UnsubscribeConfirmation':
      return { answer: emptyAnswer('sns_unsubscription', 200) };
    default:
      return null;
  }
}

/** The JSON in `Message`, as an ERP's mapping would read it too; null where it is none. */
export function snsMessage(payload: unknown): JsonValue {
  try {
    return JSON.parse((payload as { readonly Message?: string }).Message ?? '') as JsonValue;
  } catch {
    return null;
  }
}

/** A place in the message instead of the envelope. */
function inMessage(place: Place): ReadFunction {
  const { read } = toReader(place);
  return (from: Read) => read({ ...from, payload: objectOf(snsMessage(from.payload)) });
}

function inMessageEntity({ kind, id }: EntityPlace): EntityPlace {
  const ids = Array.isArray(id) ? (id as readonly Place[]) : [id as Place];
  return { kind: typeof kind === 'string' ? kind : inMessage(kind), id: ids.map(inMessage) };
}

export function sns(options: SnsOptions = {}): SourcePreset<{ readonly [type: string]: SnsNotification }> {
  const { type, entity } = options;
  const topicName: ReadFunction = (from) => textAt(from, 'TopicArn')?.split(':').at(-1);
  return definePreset({
    name: 'sns',
    scheme: snsScheme,
    id: { path: 'MessageId' },
    type: type === undefined ? topicName : firstOf(inMessage(type), topicName),
    ...(entity === undefined ? {} : { entity: inMessageEntity(entity) }),
    occurredAt: { path: 'Timestamp' },
    tenant: { path: 'TopicArn' },
    acknowledge,
    reply: emptyOkReply,
    delivery: { answerWithinMs: seconds(15), resendsForMs: hours(1) },
  });
}
