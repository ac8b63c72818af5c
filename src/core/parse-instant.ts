// Reads an instant as senders write it: ISO 8601 with a zone, up to nanoseconds. Pure; what is no instant is null.
// It may not guess: a text without a zone is refused, for no rule says whose clock it means.

const instant = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})$/;

/** @returns epoch ms, fractions of a millisecond cut off */
export function parseInstant(text: string): number | null {
  const match = instant.exec(text);
  if (match === null) return null;
  const [, date = '', time = '', fraction = '', zone = ''] = match;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  const epochMs = Date.parse(`${date}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}${offset}`);
  return Number.isNaN(epochMs) ? null : epochMs;
}
