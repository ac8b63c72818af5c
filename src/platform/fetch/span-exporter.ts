// Spans → a collector, by OTLP/HTTP as JSON. Gathers what an isolate does in a second, sends it after the answers, and never
// keeps anything waiting: what finds no room, and what a collector does not take, is dropped, counted and logged. It sends to the
// one configured address, follows no redirect, and tries nothing twice.

import { limits } from '../../core/limits.ts';
import type { Span } from '../../core/tracing/span.ts';
import { toOtlp } from '../../core/tracing/to-otlp.ts';
import type { Clock, Telemetry } from '../../pipeline/ports.ts';
import type { SpanSink } from '../../pipeline/tracing.ts';

type ExporterDependencies = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Work that may finish after the answer. */
  readonly background: (work: Promise<unknown>) => void;
};

/** Why spans were dropped. `rejected`: the collector took the others of the same export. */
type Dropped = 'queue_full' | 'no_answer' | 'refused' | 'rejected';

/** Past it an export that was begun has not ended: its invocation was cut off. */
const staleMs = limits.spanGatherMs + limits.spanExportTimeoutMs + limits.spanPauseMs;

export function createSpanExporter(deps: ExporterDependencies): SpanSink {
  const { clock, background } = deps;
  const queue: Span[] = [];
  let overflow = 0;
  /** When the export under way was begun, epoch ms; null: none is. */
  let begunAt: number | null = null;
  /** Nothing is sent before, epoch ms. */
  let pausedUntil = 0;

  const dropped = (reason: Dropped, droppedCount: number, status: number | null = null): void => {
    deps.telemetry.log('warn', 'spans.dropped', { reason, droppedCount, status });
  };
  const exportAll = async (): Promise<void> => {
    await clock.wait(Math.max(limits.spanGatherMs, pausedUntil - clock.now()));
    const spans = queue.splice(0, limits.maxSpansPerExport);
    const sent = await send(deps, spans);
    if (sent.kind === 'failed') pausedUntil = clock.now() + limits.spanPauseMs;
    if (sent.kind === 'failed')
      dropped(sent.status === null ? 'no_answer' : 'refused', spans.length, sent.status);
    if (sent.kind === 'sent' && sent.rejectedCount > 0) dropped('rejected', sent.rejectedCount);
    if (overflow > 0) dropped('queue_full', overflow);
    overflow = 0;
  };
  const begin = (): void => {
    const isUnderWay = begunAt !== null && clock.now() - begunAt < staleMs;
    if (isUnderWay || queue.length === 0) return;
    const at = clock.now();
    begunAt = at;
    background(
      exportAll().finally(() => {
        if (begunAt === at) begunAt = null;
        begin();
      }),
    );
  };
  return {
    record: (span) => {
      if (queue.length >= limits.maxQueuedSpans) overflow += 1;
      else queue.push(span);
      begin();
    },
  };
}

type Sent =
  | { readonly kind: 'sent'; readonly rejectedCount: number }
  /** `status`: null where no answer came. */
  | { readonly kind: 'failed'; readonly status: number | null };

async function send({ url, headers }: ExporterDependencies, spans: readonly Span[]): Promise<Sent> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: toOtlp(spans),
      redirect: 'manual',
      signal: AbortSignal.timeout(limits.spanExportTimeoutMs),
    });
    const text = await response.text();
    if (!response.ok) return { kind: 'failed', status: response.status };
    return { kind: 'sent', rejectedCount: readRejected(text) };
  } catch {
    return { kind: 'failed', status: null };
  }
}

/** What is said of a part that was not taken; a collector that says nothing took all. */
function readRejected(text: string): number {
  try {
    const answer = JSON.parse(text) as { partialSuccess?: { rejectedSpans?: string | number } } | null;
    const count = Number(answer?.partialSuccess?.rejectedSpans ?? 0);
    return Number.isSafeInteger(count) && count > 0 ? count : 0;
  } catch {
    return 0;
  }
}
