// The traces of webhooks: a request's spans up to its claim, and an attempt's with its calls to the ERP, all under the context
// that is kept with the event. Decides what a trace is; spans go to a sink that never keeps anything waiting. Absent where no
// collector is configured: then nothing is read from a sender's headers, kept or passed on.

import type { WebhookEvent } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { ReceivedRequest } from '../core/source.ts';
import type { Span, SpanAttributes } from '../core/tracing/span.ts';
import {
  isSampled,
  readSenderTrace,
  type TraceContext,
  toSpanId,
  toTraceHeaders,
  toTraceId,
} from '../core/tracing/trace-context.ts';
import type { Clock, Randomness } from './ports.ts';

/** Takes what is to be told. Never throws, never waits, keeps a bounded number. */
export interface SpanSink {
  record(span: Span): void;
}

export type TraceRules = {
  /** Of all traces, 0 to 1, how many are recorded. */
  readonly sampleRatio: number;
  /** `parent`: a proven sender's trace goes on here. `link`: a trace of the relay's own, which points at the sender's. */
  readonly senderTrace: 'parent' | 'link';
};

export type Tracing = {
  /** The request that has just come. */
  request(of: { readonly method: string; readonly route: string }): RequestTrace;
  /** Null: the event is kept without a trace. */
  attempt(event: WebhookEvent, name: string): AttemptTrace | null;
};

export type RequestTrace = {
  readonly traceId: () => string;
  /** Takes the sender's trace, where it gave one. Only for who has proven who it is. */
  adopt(request: Pick<ReceivedRequest, 'headers' | 'repeatedHeaders'>): void;
  /** What is claimed hangs under the claim, whose span this is. */
  readonly toKeep: () => TraceContext;
  /** A stage, as a span of its own. */
  stage<T>(stage: TracedStage<T>, work: () => Promise<T>): Promise<T>;
  note(attributes: SpanAttributes): void;
  /** The request is answered. */
  end(status: number): void;
};

export type TracedStage<T> = {
  readonly name: 'receive' | 'verify' | 'claim';
  readonly isWell: (result: T) => boolean;
};

export type AttemptTrace = {
  /** A call to the ERP: the headers it takes along, and what ends its span. */
  call(of: SpanAttributes): CallTrace;
  readonly callCount: () => number;
  end(attributes: SpanAttributes, failed: boolean): void;
};

export type CallTrace = {
  readonly headers: Readonly<Record<string, string>>;
  end(attributes: SpanAttributes, failed: boolean): void;
};

type TracingDependencies = {
  readonly rules: TraceRules;
  readonly sink: SpanSink;
  readonly clock: Pick<Clock, 'now'>;
  readonly randomness: Pick<Randomness, 'uuid'>;
};

export function createTracing(deps: TracingDependencies): Tracing {
  return {
    request: (of) => createRequestTrace(deps, of),
    attempt: (event, name) =>
      event.trace === undefined ? null : createAttemptTrace(deps, event.trace, name),
  };
}

type Ended = Pick<Span, 'name' | 'kind' | 'startAt' | 'endAt' | 'failed'> & { readonly spanId: string };

function createRequestTrace(
  { rules, sink, clock, randomness }: TracingDependencies,
  of: { readonly method: string; readonly route: string },
): RequestTrace {
  const startAt = clock.now();
  const spanId = toSpanId(randomness.uuid());
  const claimSpanId = toSpanId(randomness.uuid());
  const own = toTraceId(randomness.uuid());
  let context: TraceContext = { traceId: own, spanId, sampled: isSampled(own, rules.sampleRatio) };
  let sender: TraceContext | null = null;
  let noted: SpanAttributes = { 'http.request.method': of.method, 'http.route': of.route };
  const stages: Ended[] = [];
  const record = (span: Omit<Span, 'context'> & { readonly spanId: string }): void => {
    const { spanId: id, ...rest } = span;
    if (context.sampled) sink.record({ ...rest, context: { ...context, spanId: id } });
  };
  const isParent = (): boolean => sender !== null && rules.senderTrace === 'parent';
  return {
    traceId: () => context.traceId,
    adopt: ({ headers, repeatedHeaders }) => {
      sender = readSenderTrace(headers, repeatedHeaders);
      if (sender === null || rules.senderTrace === 'link') return;
      // Whether it is recorded here is decided here: a sender's flag is about the sender's collector.
      context = { ...sender, spanId, sampled: isSampled(sender.traceId, rules.sampleRatio) };
    },
    toKeep: () => ({ ...context, spanId: claimSpanId }),
    stage: async ({ name, isWell }, work) => {
      const isClaim = name === 'claim';
      const begun = {
        name,
        startAt: clock.now(),
        spanId: isClaim ? claimSpanId : toSpanId(randomness.uuid()),
      };
      const kind = isClaim ? 'producer' : 'internal';
      let failed = true;
      try {
        const result = await work();
        failed = !isWell(result);
        return result;
      } finally {
        stages.push({ ...begun, kind, endAt: clock.now(), failed });
      }
    },
    note: (attributes) => {
      noted = { ...noted, ...attributes };
    },
    end: (status) => {
      const failed = status >= 500;
      const why: SpanAttributes = failed ? { 'error.type': String(status) } : {};
      record({
        ...{ spanId, name: `${of.method} ${of.route}`, kind: 'server', startAt, endAt: clock.now(), failed },
        parentSpanId: isParent() ? (sender?.spanId ?? null) : null,
        attributes: { ...noted, 'http.response.status_code': status, ...why },
        link: isParent() ? null : sender,
      });
      for (const stage of stages)
        record({
          ...stage,
          parentSpanId: spanId,
          attributes: stageAttributes(stage.name, noted),
          link: null,
        });
    },
  };
}

function stageAttributes(name: string, noted: SpanAttributes): SpanAttributes {
  if (name !== 'claim') return {};
  const { 'messaging.message.id': id, 'messaging.batch.message_count': count } = noted;
  return {
    'messaging.system': 'holdfast',
    'messaging.operation.type': 'create',
    ...(id === undefined ? {} : { 'messaging.message.id': id }),
    ...(count === undefined ? {} : { 'messaging.batch.message_count': count }),
  };
}

function createAttemptTrace(
  { sink, clock, randomness }: TracingDependencies,
  kept: TraceContext,
  name: string,
): AttemptTrace {
  const startAt = clock.now();
  const spanId = toSpanId(randomness.uuid());
  let callCount = 0;
  const record = (span: Omit<Span, 'context' | 'link'> & { readonly spanId: string }): void => {
    const { spanId: id, ...rest } = span;
    if (kept.sampled) sink.record({ ...rest, context: { ...kept, spanId: id }, link: null });
  };
  return {
    callCount: () => callCount,
    call: (of) => {
      const callStartAt = clock.now();
      const callSpanId = toSpanId(randomness.uuid());
      callCount += 1;
      const isTold = callCount <= limits.maxSpansPerAttempt;
      return {
        headers: toTraceHeaders({ ...kept, spanId: callSpanId }),
        end: (attributes, failed) => {
          if (!isTold) return;
          const method = String(of['http.request.method'] ?? 'HTTP');
          record({
            ...{ spanId: callSpanId, parentSpanId: spanId, name: method, kind: 'client', failed },
            ...{ startAt: callStartAt, endAt: clock.now(), attributes: { ...of, ...attributes } },
          });
        },
      };
    },
    end: (attributes, failed) => {
      record({
        ...{ spanId, parentSpanId: kept.spanId, name, kind: 'consumer', failed, startAt, endAt: clock.now() },
        attributes: {
          'messaging.system': 'holdfast',
          'messaging.operation.type': 'process',
          ...attributes,
        },
      });
    },
  };
}
