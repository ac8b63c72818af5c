// An event: one verified webhook, immutable, raw bytes kept. Pure types.

import type { JsonValue } from './json.ts';
import type { Entity, HeaderMap } from './source.ts';
import type { TraceContext } from './tracing/trace-context.ts';

/** What a claim keeps of an event; the body is beside it as bytes. */
export type WebhookEvent = {
  readonly source: string;
  /** The sender's id, unique within the source. */
  readonly eventId: string;
  readonly type: string;
  readonly entity: Entity | null;
  /** `order/1001`; without an entity `event/{source}/{eventId}`. */
  readonly orderingKey: string;
  readonly sequence: number | null;
  /** Epoch ms, at the sender. */
  readonly occurredAt: number | null;
  /** Epoch ms, at the relay. */
  readonly receivedAt: number;
  readonly requestId: string;
  /** The intake item it came as, `int_….{index}`: a claim repeated for it is no duplicate. Absent: claimed by itself. */
  readonly intakeItem?: string;
  /** Its ordering key is of an earlier rule of its source: the key was seen under that, and keeps what belongs to it. */
  readonly earlierKey?: true;
  /** It came by no webhook: the sender's list had it, and nothing here knew of it. */
  readonly reconciled?: true;
  /** Under which its deliveries are traced: the span of its claim. Absent: it came while nothing was traced. */
  readonly trace?: TraceContext;
};

/** The bytes and headers of an event, kept for mapping and replay. Secret-bearing headers are left out. */
export type EventPayload = {
  readonly headers: HeaderMap;
  readonly body: Uint8Array<ArrayBuffer>;
};

/** What a mapping sees. */
export type MappedEvent<Payload = JsonValue> = {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly entity: Entity | null;
  readonly sequence: number | null;
  readonly occurredAt: number | null;
  readonly receivedAt: number;
  readonly headers: HeaderMap;
  readonly payload: Payload;
};
