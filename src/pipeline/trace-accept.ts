// What stages 1 to 3 say in the trace of their request. Ids and closed words only: no detail, which may quote what was sent.

import type { SpanAttributes } from '../core/tracing/span.ts';
import type { AcceptAnswer, AcceptRequest } from './accept-answer.ts';
import type { TracedStage } from './tracing.ts';

type Traced = Pick<AcceptRequest, 'requestId' | 'trace'>;

export function stageOf<T>(
  { trace }: Pick<Traced, 'trace'>,
  stage: TracedStage<T>,
  work: () => Promise<T>,
): Promise<T> {
  return trace === null || trace === undefined ? work() : trace.stage(stage, work);
}

export function noteAnswer({ trace, requestId }: Traced, answer: AcceptAnswer): void {
  trace?.note({
    'holdfast.request_id': requestId,
    'holdfast.answer': answer.kind,
    ...('reason' in answer ? { 'error.type': answer.reason } : {}),
    ...claimed(answer),
  });
}

function claimed(answer: AcceptAnswer): SpanAttributes {
  if (answer.kind === 'received')
    return { 'holdfast.intake': answer.intake, 'messaging.batch.message_count': answer.events.length };
  if (answer.kind !== 'accepted') return {};
  const [event] = answer.events;
  return event === undefined
    ? {}
    : { 'messaging.message.id': event.id, 'holdfast.event.status': event.status };
}
