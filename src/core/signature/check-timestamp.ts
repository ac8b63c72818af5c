// Is the signed time near enough to the time of arrival? What is older may be a replay of a captured request.
// Pure; the clock is passed in.

import { parseInstant } from '../parse-instant.ts';
import { err, ok, type Result } from '../result.ts';
import type { TimestampRule, TimestampUnit } from './scheme.ts';
import type { SignatureFailureReason } from './signature-failure.ts';

/** 14 digits of seconds or milliseconds are beyond the year 5000; more would leave the safe integers. */
const digits = /^[0-9]{1,14}$/;

function toEpochMs(text: string, unit: TimestampUnit): number | null {
  if (unit === 'iso') return parseInstant(text);
  if (!digits.test(text)) return null;
  return unit === 's' ? Number(text) * 1000 : Number(text);
}

/**
 * @param text as received
 * @param now arrival, epoch ms. Where the sender counts seconds, so does the comparison, as the senders' libraries do.
 */
export function checkTimestamp(
  text: string | null | undefined,
  rule: TimestampRule,
  now: number,
): Result<null, SignatureFailureReason> {
  if (text === null || text === undefined || text === '') return err('timestamp_missing');
  const signedAt = toEpochMs(text, rule.unit);
  if (signedAt === null) return err('timestamp_malformed');
  const ageMs = (rule.unit === 's' ? Math.floor(now / 1000) * 1000 : now) - signedAt;
  if (ageMs > rule.pastToleranceSeconds * 1000) return err('timestamp_too_old');
  if (rule.futureToleranceSeconds !== null && -ageMs > rule.futureToleranceSeconds * 1000)
    return err('timestamp_too_new');
  return ok(null);
}
