// Spans → one OTLP/HTTP request body, as JSON (opentelemetry-proto, ExportTraceServiceRequest). Pure. It lets through only what
// the list of attributes names, however a span was made: the last place where something could slip out.

import { limits } from '../limits.ts';
import { type Span, spanAttributes, spanKinds } from './span.ts';
import type { TraceContext } from './trace-context.ts';

type Value =
  | { readonly stringValue: string }
  | { readonly intValue: string }
  | { readonly boolValue: boolean };

type Attribute = { readonly key: string; readonly value: Value };

/** Of SpanFlags: whether the parent is remote is known, and it is. */
const remoteParentFlags = 0x300;

/** Of status: an error. Nothing is said of what went well. */
const errorStatus = 2;

export function toOtlp(spans: readonly Span[]): string {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'holdfast' } }] };
  const scopeSpans = [{ scope: { name: 'holdfast' }, spans: spans.map(toOtlpSpan) }];
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans }] });
}

function toOtlpSpan(span: Span) {
  const { context, parentSpanId, kind, link } = span;
  return {
    traceId: context.traceId,
    spanId: context.spanId,
    ...(context.state === undefined ? {} : { traceState: context.state }),
    ...(parentSpanId === null ? {} : { parentSpanId }),
    flags: flagsOf(context) | (kind === 'server' && parentSpanId !== null ? remoteParentFlags : 0),
    name: span.name,
    kind: spanKinds[kind],
    startTimeUnixNano: toNanos(span.startAt),
    endTimeUnixNano: toNanos(Math.max(span.startAt, span.endAt)),
    attributes: toAttributes(span.attributes),
    ...(link === null ? {} : { links: [toLink(link)] }),
    ...(span.failed ? { status: { code: errorStatus } } : {}),
  };
}

function toLink(link: TraceContext) {
  const { traceId, spanId, state } = link;
  return { traceId, spanId, ...(state === undefined ? {} : { traceState: state }), flags: flagsOf(link) };
}

function flagsOf({ sampled }: TraceContext): number {
  return sampled ? 1 : 0;
}

/** Epoch ms as nanoseconds: more digits than a number holds. */
function toNanos(epochMs: number): string {
  return `${Math.trunc(epochMs)}000000`;
}

function toAttributes(attributes: Span['attributes']): Attribute[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    Object.hasOwn(spanAttributes, key) ? [{ key, value: toValue(value) }] : [],
  );
}

function toValue(value: string | number | boolean): Value {
  if (typeof value === 'string') return { stringValue: value.slice(0, limits.maxSpanAttributeCharacters) };
  return typeof value === 'number' ? { intValue: String(Math.trunc(value)) } : { boolValue: value };
}
