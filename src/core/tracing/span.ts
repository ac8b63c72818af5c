// A span: one step of a webhook's way, as it is told to a collector of traces. What it may say is a closed list: names of the
// OpenTelemetry semantic conventions and the relay's own. Nothing of a payload, a header, an answer or a secret has a name here.

import type { TraceContext } from './trace-context.ts';

/** Its values are ids, names, counts and closed words of the relay's vocabulary. Never a text that a sender or an ERP wrote. */
export const spanAttributes = {
  'http.request.method': 'of the webhook, or of the call to the ERP',
  'http.route': 'the route of the relay, never the path with its ids',
  'http.response.status_code': 'what was answered',
  'server.address': "the ERP's host name",
  'server.port': "the ERP's port",
  'url.scheme': '`http` or `https`',
  'error.type': 'why it went wrong: a code of the relay, or the status',
  'messaging.system': '`holdfast`, of what is claimed and attempted',
  'messaging.operation.type': '`create` of a claim, `process` of an attempt',
  'messaging.destination.name': 'the target',
  'messaging.message.id': "the relay's id of the event",
  'messaging.batch.message_count': 'events of an intake',
  'holdfast.source': 'the source',
  'holdfast.request_id': 'as answered in `x-request-id`',
  'holdfast.answer': 'what the request came to, as in the log',
  'holdfast.event.status': '`accepted` or `duplicate`',
  'holdfast.intake': 'the intake it was claimed as',
  'holdfast.delivery': 'the delivery',
  'holdfast.route': 'the route of the integration',
  'holdfast.target': 'the target',
  'holdfast.operation': 'the operation',
  'holdfast.attempt.number': 'attempts spent with this one',
  'holdfast.attempt.mode': '`perform`, `doubt` or `poll`',
  'holdfast.attempt.call_count': 'calls to the ERP',
  'holdfast.outcome': 'what the attempt came to',
  'holdfast.effect': '`none`, `possible` or `done`',
  'holdfast.lag_ms': 'from the receipt to the start of the attempt, ms',
  'holdfast.write': 'the call may change something in the ERP',
} as const;

export type SpanAttribute = keyof typeof spanAttributes;

export type SpanAttributes = Readonly<Partial<Record<SpanAttribute, string | number | boolean>>>;

/** As OTLP numbers them. */
export const spanKinds = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;

export type Span = {
  /** Its own place: `spanId` is its own id. */
  readonly context: TraceContext;
  /** Null: the trace begins with it. */
  readonly parentSpanId: string | null;
  /** Of few values: never with an id in it. */
  readonly name: string;
  readonly kind: keyof typeof spanKinds;
  /** Epoch ms. */
  readonly startAt: number;
  readonly endAt: number;
  readonly attributes: SpanAttributes;
  /** It went wrong; `error.type` says why. */
  readonly failed: boolean;
  /** The sender's span, where its trace is not the one this span is in. */
  readonly link: TraceContext | null;
};
