// Instants, ages and words as people read them. Pure.

export function ageOf(iso: string, now: number = Date.now()): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(iso)) / 1_000));
  return inWords(seconds);
}

export function inWords(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** In the reader's own time zone, to the millisecond where the order of things matters. */
export function timeOf(iso: string, { isExact = false } = {}): string {
  const at = new Date(iso);
  const text = at.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
  return isExact ? `${text} +${String(at.getMilliseconds()).padStart(3, '0')} ms` : text;
}

export function words(literal: string): string {
  return literal.replaceAll('_', ' ');
}

export function durationOf(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : inWords(Math.round(ms / 1_000));
}

export function pretty(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value, null, 2) ?? '';
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}
