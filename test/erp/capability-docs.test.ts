// What the documentation says of adapters and operations is what they are.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { operations } from '../../src/operations/index.ts';
import { renderCapabilityTable } from './support/capability-table.ts';

const targets = readFileSync('docs/targets.md', 'utf8');
const catalogue = readFileSync('docs/operations.md', 'utf8');

describe('the documentation', () => {
  it('of targets shows what each adapter runs', () => {
    const table = /<!-- capabilities -->\n\n([\s\S]*?)\n\n<!-- \/capabilities -->/.exec(targets)?.[1];
    expect(table).toBe(renderCapabilityTable());
  });

  it.each(Object.values(operations))(
    'of operations shows how $name repeats and what it needs',
    (operation) => {
      const row = catalogue.split('\n').find((line) => line.startsWith(`| \`${operation.name}\` |`));
      const [, , , repeats = '', replaces = '', modules = ''] = (row ?? '')
        .split('|')
        .map((cell) => cell.trim());
      expect(repeats.startsWith(operation.repeats.replace('_', ' '))).toBe(true);
      expect(replaces).toBe(operation.replacesState ? 'yes' : '');
      expect(modules).toBe(operation.requires.join(', '));
    },
  );
});
