// Templates: data of one shape written as data of another, and what is missing told by its path.
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/core/json.ts';
import { parsePlace } from '../../../src/erp/http/place.ts';
import { type Missing, renderTemplate } from '../../../src/erp/http/render-template.ts';
import { parseTemplate } from '../../../src/erp/http/template.ts';

const input = {
  id: '7',
  total: '29.35',
  day: '2026-03-01T09:30:00Z',
  quantity: 2,
  lines: [{ sku: 'A', tags: ['x'] }, { sku: 'B' }],
  constructor_: null,
};

function render(source: JsonValue) {
  const missing: Missing[] = [];
  const { template, problems } = parseTemplate(source);
  expect(problems).toEqual([]);
  return { value: renderTemplate(template, { values: { input } }, missing), missing };
}

describe('a template', () => {
  it.each<[JsonValue, JsonValue | undefined]>([
    ['{input.id}', '7'],
    ['{input.quantity}', 2],
    ['order {input.id} of {input.quantity}', 'order 7 of 2'],
    ['{{input.id}}', '{input.id}'],
    ['{input.total|number}', 29.35],
    ['{input.total|negative}', -29.35],
    ['{input.quantity|text}', '2'],
    ['{input.day|day}', '2026-03-01'],
    ['{input.note?}', undefined],
    ['{input.note|or:none}', 'none'],
    ['{input.note|or:0}', 0],
    ['{input.lines[1].sku}', 'B'],
    [{ a: '{input.note?}', b: [1, '{input.id}'] }, { b: [1, '7'] }],
    [
      { $each: 'input.lines', $item: { s: '{item.sku}', t: '{item.tags?}' } },
      [{ s: 'A', t: ['x'] }, { s: 'B' }],
    ],
    [{ $each: 'input.lines', $item: ['{item.sku}'] }, [['A'], ['B']]],
    [{ $each: 'input.none?', $item: '{item.sku}' }, undefined],
    [{ $map: 'input.id', values: { '7': 'seven' } }, 'seven'],
    [{ $map: 'input.total', values: {}, otherwise: 'other' }, 'other'],
    [{ $map: 'input.total', values: {} }, '29.35'],
    ['{input.constructor?}', undefined],
  ])('%j becomes %j', (source, expected) => {
    expect(render(source)).toEqual({ value: expected, missing: [] });
  });

  it('names what is missing, within a list by its index', () => {
    expect(render({ $each: 'input.lines', $item: '{item.tags}' }).missing).toEqual([
      { root: 'input', path: ['lines', 1, 'tags'] },
    ]);
    expect(render('{input.note}').missing).toEqual([{ root: 'input', path: ['note'] }]);
    expect(render('{input.id|number}').value).toBe(7);
    expect(render('{input.day|number}').missing).toEqual([{ root: 'input', path: ['day'] }]);
  });
});

describe('a place', () => {
  it.each([
    ['body.items[0].id', ['items', 0, 'id']],
    ['body["@odata.etag"]', ['@odata.etag']],
    ['body.o:errorDetails[0].o:errorCode', ['o:errorDetails', 0, 'o:errorCode']],
    ['status', []],
  ])('%s is read', (text, segments) => {
    expect(parsePlace(text)).toMatchObject({ segments });
  });

  it.each(['', '.a', 'a..b', 'a[', 'a[x]', 'a b|c', '[0].a', 'a[0]b'])('%j is none', (text) => {
    expect(parsePlace(text)).toBeNull();
  });
});
