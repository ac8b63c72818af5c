// The rules of a target's circuit and limits, each told with the field that breaks it. Pure.

import type { ConfigProblem } from './relay-definition.ts';
import { gateSettingsOf, type TargetDefinition } from './target.ts';
import { isClockTime, isTimeZone, type ProcessingWindow } from './target-limits.ts';

const dayMs = 86_400_000;

export function checkGate(
  target: TargetDefinition,
  { file, field: parent }: { readonly file: string; readonly field: string },
): readonly ConfigProblem[] {
  const found: ConfigProblem[] = [];
  const expect = (holds: boolean, field: string, rule: string): void => {
    if (!holds) found.push({ file, field: `${parent}.${field}`, rule });
  };
  const expectWhole = (value: number, field: string, bounds: readonly [number, number]): void => {
    const [min, max] = bounds;
    const holds = Number.isInteger(value) && value >= min && value <= max;
    expect(holds, field, `must be a whole number from ${min} to ${max}`);
  };
  const { circuit, limits } = gateSettingsOf(target);
  expect(circuit.openWhen.length > 0, 'circuit.openWhen', 'must hold a rule: else it never opens');
  for (const [index, rule] of circuit.openWhen.entries()) {
    const field = `circuit.openWhen[${index}]`;
    if (rule.kind === 'failures_in_a_row') {
      expectWhole(rule.count, `${field}.count`, [1, 1_000]);
      continue;
    }
    expectWhole(rule.windowMs, `${field}.windowMs`, [1_000, 3_600_000]);
    expectWhole(rule.minimumCount, `${field}.minimumCount`, [1, 100_000]);
    expect(rule.ratio > 0 && rule.ratio <= 1, `${field}.ratio`, 'must be over 0 and at most 1');
  }
  expectWhole(circuit.slowMs, 'circuit.slowMs', [1, 120_000]);
  expectWhole(circuit.openMs, 'circuit.openMs', [100, 3_600_000]);
  expectWhole(circuit.openCapMs, 'circuit.openCapMs', [circuit.openMs, dayMs]);
  expectWhole(circuit.probesToClose, 'circuit.probesToClose', [1, 100]);
  if (limits.concurrency !== null) expectWhole(limits.concurrency, 'limits.concurrency', [1, 10_000]);
  if (limits.rate !== null) {
    expectWhole(limits.rate.calls, 'limits.rate.calls', [1, 1_000_000]);
    expectWhole(limits.rate.perMs, 'limits.rate.perMs', [100, dayMs]);
  }
  expect(isTimeZone(limits.timeZone), 'limits.timeZone', 'must be an IANA time zone, such as Europe/Berlin');
  for (const [index, window] of limits.windows.entries()) {
    expect(
      isWindow(window),
      `limits.windows[${index}]`,
      'must have from and to as HH:MM, and days from 0 to 6',
    );
  }
  return found;
}

function isWindow({ days, from, to }: ProcessingWindow): boolean {
  const isDay = (day: number): boolean => Number.isInteger(day) && day >= 0 && day <= 6;
  return (
    isClockTime(from) && isClockTime(to) && (days === undefined || (days.length > 0 && days.every(isDay)))
  );
}
