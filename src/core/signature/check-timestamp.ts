// Is the signed time near enough to the time of arrival? What is older may be a replay of a captured request.
// Pure; the clock is passed in.

import { parseInstant } from '../parse-instant.ts';
import { err, ok, type Result } from '../result.ts';
import type { TimestampRule, TimestampUnit } from './scheme.ts';
import type { SignatureFailureReason } from './signature-failure.ts';

/** 14 digits of seconds or milliseconds are beyond the year 5000; more would leave the safe integers. */
const digits = /^[0-9]{1,14}$/;

/** `Tue, 12 Mar 2024 19:26:52 +0000` */
const rfc2822 = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (?:GMT|UTC|[+-]\d{4})$/;

function toEpochMs(text: string, unit: TimestampUnit): number | null {
  if (unit === 'iso') return parseInstant(text);
  if (unit === 'rfc2822') {
    const instant = rfc2822.test(text) ? Date.parse(text) : Number.NaN;
    return Number.isNaN(instant) ? null : instant;
  }
  if (!digits.test(text)) return null;
  return unit === 's' ? Number(text) * 1000 : Number(text);
}

export type ReceivedTimestamp = {
  /** As received. */
  readonly text: string | null | undefined;
  /** Arrival, epoch ms. Where the sender counts seconds, so does the comparison, as the senders' libraries do. */
  readonly now: number;
  /** Seconds, in place of those of the rule; null: those of the rule. */
  readonly toleranceSeconds?: number | null;
};

export function checkTimestamp(
  { text, now, toleranceSeconds = null }: ReceivedTimestamp,
  rule: Omit<TimestampRule, 'header'>,
): Result<null, SignatureFailureReason> {
  if (text === null || text === undefined || text === '') return err('timestamp_missing');
  const signedAt = toEpochMs(text, rule.unit);
  if (signedAt === null) return err('timestamp_malformed');
  const ageMs = (rule.unit === 's' ? Math.floor(now / 1000) * 1000 : now) - signedAt;
  const past = toleranceSeconds ?? rule.pastToleranceSeconds;
  const future = toleranceSeconds ?? rule.futureToleranceSeconds;
  if (past !== null && ageMs > past * 1000) return err('timestamp_too_old');
  if (future !== null && -ageMs > future * 1000) return err('timestamp_too_new');
  return ok(null);
}
