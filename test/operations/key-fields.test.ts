// Every operation says which fields of its input the operation key stands for: an operator's edit may not change them.
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { operations } from '../../src/operations/index.ts';

describe('key fields', () => {
  it.each(Object.values(operations))('of $name are named and are fields of its input', (operation) => {
    const { properties = {} } = z.toJSONSchema(operation.input, { unrepresentable: 'any' });
    expect(operation.keyFields).not.toHaveLength(0);
    expect(Object.keys(properties)).toEqual(expect.arrayContaining([...(operation.keyFields ?? [])]));
  });
});
