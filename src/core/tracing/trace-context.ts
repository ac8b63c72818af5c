// W3C Trace Context: which trace a webhook belongs to, as its sender says it and as it is passed on. Pure: ids are made of
// random text that the caller gives. A header that is not exactly as the standard says counts as absent, never as an error.

import { limits } from '../limits.ts';
import type { HeaderMap } from '../source.ts';

/** A place in a trace: what is done next is done under it. Kept with an event. */
export type TraceContext = {
  /** 32 hex digits, lower case, not all zero. */
  readonly traceId: string;
  /** The span to hang under: 16 hex digits, lower case, not all zero. */
  readonly spanId: string;
  /** Decided once for the whole trace: its spans are recorded. */
  readonly sampled: boolean;
  /** The sender's `tracestate`, passed on as it came. Absent: none. */
  readonly state?: string;
};

const parentPattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** https://www.w3.org/TR/trace-context/#traceparent-header. A later version is read as far as this one goes. */
export function parseTraceparent(text: string | undefined): Omit<TraceContext, 'state'> | null {
  if (text === undefined || text.length > limits.maxTraceparentCharacters) return null;
  const match = parentPattern.exec(text);
  if (match === null) return null;
  const [, version = '', traceId = '', spanId = '', flags = '', rest] = match;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

const keyPattern = /^(?:[a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})$/;
const valuePattern = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/** https://www.w3.org/TR/trace-context/#tracestate-header. Null: there is none, or it is not as it has to be. */
export function parseTracestate(text: string | undefined): string | null {
  if (text === undefined || text.length > limits.maxTracestateCharacters) return null;
  const members = text.split(',').map(trimBlanks);
  const given = members.filter((member) => member !== '');
  if (given.length === 0 || given.length > limits.maxTracestateMembers) return null;
  const keys = new Set<string>();
  for (const member of given) {
    const at = member.indexOf('=');
    const [key, value] = [member.slice(0, Math.max(0, at)), member.slice(at + 1)];
    if (!keyPattern.test(key) || !valuePattern.test(value) || keys.has(key)) return null;
    keys.add(key);
  }
  return given.join(',');
}

function trimBlanks(text: string): string {
  return text.replace(/^[ \t]{1,256}/, '').replace(/[ \t]{1,256}$/, '');
}

/** What a sender says of the trace its request belongs to; null where it says nothing, or nothing that holds. */
export function readSenderTrace(headers: HeaderMap, repeated: readonly string[]): TraceContext | null {
  if (repeated.includes('traceparent')) return null;
  const parent = parseTraceparent(headers.traceparent);
  if (parent === null) return null;
  const state = repeated.includes('tracestate') ? null : parseTracestate(headers.tracestate);
  return state === null ? parent : { ...parent, state };
}

/** The headers of a call made under the context. */
export function toTraceHeaders(context: TraceContext): Readonly<Record<string, string>> {
  const traceparent = formatTraceparent(context);
  return context.state === undefined ? { traceparent } : { traceparent, tracestate: context.state };
}

/** @param uuid a random one: 122 of its bits are random, the last 56 among them, as the standard asks */
export function toTraceId(uuid: string): string {
  return uuid.replaceAll('-', '').toLowerCase();
}

/** @param uuid a random one. Its variant bits keep the id from being all zero. */
export function toSpanId(uuid: string): string {
  return toTraceId(uuid).slice(16);
}

/** Digits of the trace id that decide, from its end: 52 bits, what a number holds exactly. */
const decidingDigits = 13;

/** Whether a trace is recorded: the same for one id wherever and how often it is asked. `ratio`: 0 to 1. */
export function isSampled(traceId: string, ratio: number): boolean {
  return Number.parseInt(traceId.slice(-decidingDigits), 16) < ratio * 2 ** 52;
}
