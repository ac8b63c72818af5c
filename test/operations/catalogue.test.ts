// What every operation of the catalogue keeps: names, the good input and document, tolerance, strictness.
import { describe, expect, it } from 'vitest';
import type { AnyOperation } from '../../src/core/operation.ts';
import { findOperation, operations, toFieldErrors } from '../../src/operations/index.ts';
import { type SampleName, sampleInput, sampleOutput, samples } from './samples.ts';

const names = Object.keys(operations) as SampleName[];

describe('the catalogue', () => {
  it('holds each operation under its own name', () => {
    expect(Object.entries(operations).map(([name, operation]) => [name, operation.name])).toEqual(
      names.map((name) => [name, name]),
    );
    expect(names.toSorted()).toEqual(Object.keys(samples).toSorted());
  });

  it('finds by name only what it holds', () => {
    expect(findOperation('sale.confirm')).toBe(operations['sale.confirm']);
    expect(findOperation('sale.undo')).toBeNull();
    expect(findOperation('toString')).toBeNull();
    expect(findOperation('__proto__')).toBeNull();
  });

  it('lets only operations that replace a state be repeated by version', () => {
    for (const operation of Object.values(operations)) {
      expect(operation.repeats === 'per_version', operation.name).toBe(operation.replacesState);
    }
  });
});

describe.each(names)('%s', (name) => {
  const operation: AnyOperation = operations[name];

  it('accepts a good input and finds no difference in the document it promised', () => {
    const input = operation.input.safeParse(sampleInput(name));
    const output = operation.output.safeParse(sampleOutput(name));
    expect([input.error, output.error]).toEqual([undefined, undefined]);
    expect(operation.compare(input.data as never, output.data as never)).toEqual([]);
  });

  it('names a field it does not know, and one that is missing', () => {
    const [first = ''] = Object.keys(samples[name].input);
    const { [first]: _, ...rest } = sampleInput(name);
    const parsed = operation.input.safeParse({ ...rest, [`${first}x`]: 1 });
    expect(toFieldErrors(parsed.error as never)).toEqual([
      { field: first, rule: 'is required' },
      { field: `${first}x`, rule: 'must not be there: no such field' },
    ]);
  });

  it('ignores what else a document holds, and breaks where a field it uses is renamed', () => {
    const document = sampleOutput(name);
    expect(operation.output.safeParse({ ...document, colour: 'red', nested: { a: 1 } }).success).toBe(true);
    for (const field of ['documentId', 'documentNumber', 'state']) {
      const { [field]: value, ...rest } = document;
      expect(operation.output.safeParse({ ...rest, [`${field}_v2`]: value }).success, field).toBe(false);
    }
  });

  it('sees a document that is in another state than promised', () => {
    if (name === 'relay.smoke') return;
    const document = operation.output.parse({ ...sampleOutput(name), state: 'draft' });
    const found = operation.compare(sampleInput(name) as never, document as never);
    expect(found).toEqual([{ field: 'state', expected: samples[name].output.state, actual: 'draft' }]);
  });
});
