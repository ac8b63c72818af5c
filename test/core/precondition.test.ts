// Preconditions: which tags count, and when a change may be made.
import { describe, expect, it } from 'vitest';
import { differs, isDiffering, parseIfMatch } from '../../src/core/precondition.ts';

describe('an If-Match header', () => {
  it.each([
    ['*', 'exists'],
    [' * ', 'exists'],
    ['"abc"', ['abc']],
    ['"abc-0123"', ['abc']],
    ['"abc-0123", "def"', ['abc', 'def']],
    // A weak tag, text without quotes and nothing at all name no version: nothing is changed by mistake.
    ['W/"abc"', []],
    ['abc', []],
    ['', []],
    ['"a"b"', []],
  ])('%j names %j', (header, versions) => {
    expect(parseIfMatch(header)).toEqual(versions);
  });

  it('of many tags is read to its twentieth', () => {
    const tags = Array.from({ length: 1_000 }, (_, index) => `"v${index}"`).join(',');
    expect(parseIfMatch(tags)).toHaveLength(20);
  });
});

describe('a precondition', () => {
  it.each([
    [undefined, null, true],
    [undefined, 'a', true],
    ['exists', 'a', true],
    ['exists', null, false],
    ['absent', null, true],
    ['absent', 'a', false],
    [['a', 'b'], 'b', true],
    [['a'], 'b', false],
    [['a'], null, false],
    [[], 'a', false],
  ] as const)('%j of version %j holds: %s', (wanted, version, holds) => {
    const differing = differs(wanted, version);
    expect(differing === null).toBe(holds);
    if (differing !== null) expect(differing).toEqual({ kind: 'version_differs', version });
  });

  it('is told from what else a change answers with', () => {
    expect(isDiffering({ kind: 'version_differs', version: null })).toBe(true);
    for (const other of [null, true, [], { kind: 'stored' }, { id: 'crd_1' }])
      expect(isDiffering(other)).toBe(false);
  });
});
