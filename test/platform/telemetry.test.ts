// What a caller writes reaches the log as data within one JSON line: no line break, no field of its own making.
import { expect, it, vi } from 'vitest';
import { createTelemetry } from '../../src/platform/telemetry.ts';

it('a value with line breaks and quotes stays inside its field, in one line', () => {
  const lines: unknown[] = [];
  const spies = (['log', 'warn', 'error'] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation((...args: unknown[]) => void lines.push(...args)),
  );
  const source = 'shop"\n{"level":"error","event":"admin.deleted"}\r\n\u2028\u001b[31m';
  createTelemetry().log('warn', 'request.refused', { source, reason: 'unknown_source' });
  for (const spy of spies) spy.mockRestore();
  expect(lines).toHaveLength(1);
  const line = String(lines[0]);
  expect(line.split(/[\r\n]/)).toHaveLength(1);
  expect(JSON.parse(line)).toMatchObject({ level: 'warn', event: 'request.refused', source });
});
