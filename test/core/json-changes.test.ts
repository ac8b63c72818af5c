// What differs between two JSON values: by RFC 6901 places, bounded, and with personal data masked where it stands.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/core/input-hash.ts';
import type { JsonValue } from '../../src/core/json.ts';
import { changesBetween, type JsonChange, maskChanges } from '../../src/core/json-changes.ts';
import { limits } from '../../src/core/limits.ts';

describe('the changes between two values', () => {
  it.each<[JsonValue, JsonValue, readonly JsonChange[]]>([
    [{ a: 1 }, { a: 1 }, []],
    [{ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 }, []],
    [{ a: 1 }, { a: '1' }, [{ path: '/a', before: 1, after: '1' }]],
    [{ a: { b: 1 } }, { a: {} }, [{ path: '/a/b', before: 1 }]],
    [
      {},
      { 'a/b': 1, 'm~n': 2 },
      [
        { path: '/a~1b', after: 1 },
        { path: '/m~0n', after: 2 },
      ],
    ],
    [
      [1, 2],
      [1, 3, 4],
      [
        { path: '/1', before: 2, after: 3 },
        { path: '/2', after: 4 },
      ],
    ],
    [{ a: [1] }, { a: { '0': 1 } }, [{ path: '/a', before: [1], after: { '0': 1 } }]],
    [null, { a: 1 }, [{ path: '', before: null, after: { a: 1 } }]],
    [{ a: null }, {}, [{ path: '/a', before: null }]],
    [
      {},
      JSON.parse('{"constructor":1,"__proto__":2}'),
      [
        { path: '/constructor', after: 1 },
        { path: '/__proto__', after: 2 },
      ],
    ],
  ])('%j → %j are %j', (before, after, changes) => {
    expect(changesBetween(before, after)).toEqual({ changes, otherCount: 0 });
  });

  it('make the one of the other: nothing is missing, and nothing is made up', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (before, after) => {
        const { changes, otherCount } = changesBetween(before as JsonValue, after as JsonValue);
        fc.pre(otherCount === 0);
        for (const change of changes) {
          expect(at(before, change.path)).toEqual(change.before);
          expect(at(after, change.path)).toEqual(change.after);
        }
        expect(changes.length === 0).toBe(canonicalJson(before) === canonicalJson(after));
      }),
    );
  });

  it('are kept up to a number and a size, and the others counted', () => {
    const many = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`f${index}`, index]));
    const counted = changesBetween({}, many);
    expect([counted.changes.length, counted.otherCount]).toEqual([limits.maxKeptChanges, 150]);
    const large = changesBetween({ a: 1, b: 1 }, { a: 'x'.repeat(limits.maxKeptChangeChars), b: 2 });
    expect(large).toEqual({ changes: [{ path: '/b', before: 1, after: 2 }], otherCount: 1 });
  });
});

describe('masked changes', () => {
  it('hide what is personal by a name on its path or inside of it, and leave the rest', () => {
    const changes = [
      { path: '/customer/name', before: 'Ada', after: 'Grace' },
      { path: '/lines/0/quantity', before: 1, after: 2 },
      { path: '/contacts/3/email', before: 'a@example.com' },
      { path: '', before: null, after: { customer: { name: 'Ada', customerId: '7' }, total: '10.00' } },
    ];
    expect(maskChanges(changes)).toEqual([
      { path: '/customer/name', before: '[masked]', after: '[masked]' },
      { path: '/lines/0/quantity', before: 1, after: 2 },
      { path: '/contacts/3/email', before: '[masked]' },
      {
        path: '',
        before: null,
        after: { customer: { name: '[masked]', customerId: '7' }, total: '10.00' },
      },
    ]);
  });
});

/** Undefined: nothing stands there. */
function at(value: unknown, path: string): unknown {
  return path
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (node, name) =>
        typeof node === 'object' && node !== null && Object.hasOwn(node, name)
          ? (node as Readonly<Record<string, unknown>>)[name]
          : undefined,
      value,
    );
}
