// How much of a target a batch may use: concurrency, rate, processing windows, the pause an ERP asks for, the ramp after a
// circuit closed, and fair shares between the sequencers that ask. Pure; instants are epoch ms.

export type ProcessingWindow = {
  /** 0 Sunday to 6 Saturday; absent: every day. The day the window begins on. */
  readonly days?: readonly number[];
  /** `HH:MM`, inclusive, and `HH:MM`, exclusive; a `to` that is not later than `from` is the next day's. */
  readonly from: string;
  readonly to: string;
};

export type TargetLimits = {
  /** Deliveries under way at once, over all consumers; null: no limit but the consumers' own. */
  readonly concurrency: number | null;
  /** Calls in any stretch of `perMs`; as many may come at once. */
  readonly rate: { readonly calls: number; readonly perMs: number } | null;
  /** When deliveries run. Empty: always. */
  readonly windows: readonly ProcessingWindow[];
  /** Of the windows, IANA, e.g. `Europe/Berlin`. */
  readonly timeZone: string;
};

export const limitDefaults: TargetLimits = { concurrency: null, rate: null, windows: [], timeZone: 'UTC' };

/** A token bucket. `tokens` may be below zero: an operation can take more calls than it was let in for. */
export type Bucket = { readonly tokens: number; readonly at: number };

export function refill(bucket: Bucket | null, rate: NonNullable<TargetLimits['rate']>, now: number): Bucket {
  if (bucket === null) return { tokens: rate.calls, at: now };
  const gained = (Math.max(0, now - bucket.at) * rate.calls) / rate.perMs;
  return { tokens: Math.min(rate.calls, bucket.tokens + gained), at: Math.max(now, bucket.at) };
}

/** When the bucket holds one call again. */
export function nextTokenAt(bucket: Bucket, rate: NonNullable<TargetLimits['rate']>): number {
  const missing = Math.max(0, 1 - bucket.tokens);
  return bucket.at + Math.ceil((missing * rate.perMs) / rate.calls);
}

/** After a circuit closed or a pause of the ERP ended: 2 deliveries at once, doubled every 2 s, for 20 s. */
const ramp = { startCount: 2, stepMs: 2_000, lengthMs: 20_000 };

/** How many may be under way so long after `startedAt`; null: the ramp is over. */
export function rampCeiling(startedAt: number | null, now: number): number | null {
  if (startedAt === null || now - startedAt >= ramp.lengthMs) return null;
  return ramp.startCount * 2 ** Math.max(0, Math.floor((now - startedAt) / ramp.stepMs));
}

/**
 * What one of `askers` sequencers may hold of `total`. No one starves another: who asks first gets its share, not all.
 * At least 1: with more askers than places they take turns.
 */
export function fairShare(total: number, askers: number): number {
  return Math.max(1, Math.floor(total / Math.max(1, askers)));
}

/** A pause the ERP asked for with 429 or `Retry-After`. `count`: such answers in a row. */
export type Throttle = { readonly untilAt: number; readonly count: number; readonly at: number };

/** Pauses where the ERP names none, ms: doubled each time. And the longest believed: an hour. */
const throttleMs = { first: 1_000, cap: 60_000, longest: 3_600_000 };

/** One pause for answers that came together: those of calls that were under way when it began do not lengthen it. */
export function throttleAfter(
  before: Throttle | null,
  answer: { readonly at: number; readonly retryAfterMs: number | null },
): Throttle {
  const isSame = before !== null && answer.at <= before.untilAt;
  const count = isSame ? before.count : (before?.count ?? 0) + 1;
  const own = Math.min(throttleMs.cap, throttleMs.first * 2 ** Math.min(count - 1, 30));
  const waitMs = Math.min(throttleMs.longest, answer.retryAfterMs ?? own);
  const untilAt = Math.max(isSame ? before.untilAt : 0, (isSame ? before.at : answer.at) + waitMs);
  const asked = answer.retryAfterMs === null ? untilAt : Math.max(untilAt, answer.at + waitMs);
  return { untilAt: asked, count, at: isSame ? before.at : answer.at };
}

const minuteMs = 60_000;
const dayMinutes = 1_440;
const weekMinutes = 7 * dayMinutes;

/** When the target takes deliveries next: `now` where it does; later where a window has to open first. */
export function windowOpensAt(limits: TargetLimits, now: number): number {
  if (limits.windows.length === 0) return now;
  const minute = minuteOfWeek(limits.timeZone, now);
  const spans = limits.windows.flatMap(toSpans);
  if (spans.some(({ from, length }) => (minute - from + weekMinutes) % weekMinutes < length)) return now;
  const waits = spans.map(({ from }) => (from - minute + weekMinutes) % weekMinutes);
  // Where the clocks change on the way it is an hour off, and is asked again then.
  return Math.floor(now / minuteMs) * minuteMs + Math.min(...waits) * minuteMs;
}

function toSpans({ days = [0, 1, 2, 3, 4, 5, 6], from, to }: ProcessingWindow) {
  const start = minutesOf(from);
  const length = (minutesOf(to) - start + dayMinutes) % dayMinutes || dayMinutes;
  return days.map((day) => ({ from: day * dayMinutes + start, length }));
}

const clockPattern = /^([01]\d|2[0-3]):([0-5]\d)$/;

export function isClockTime(text: string): boolean {
  return clockPattern.test(text);
}

function minutesOf(text: string): number {
  const match = clockPattern.exec(text);
  return match === null ? 0 : Number(match[1]) * 60 + Number(match[2]);
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

function minuteOfWeek(timeZone: string, at: number): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const day = weekdays.indexOf(parts.get('weekday') ?? 'Sun');
  return day * dayMinutes + Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
