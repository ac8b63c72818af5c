// Gives an operation its literal types, so that the builder of integrations knows how it repeats and what it replaces.
// Pure. May not add a rule of its own: what an operation demands stands in its definition.

import type { z } from 'zod';
import type { Operation, Repeats } from '../core/operation.ts';
import type { ErpDocument } from '../core/outcome.ts';

export function defineOperation<
  const Name extends string,
  Input,
  Output extends ErpDocument,
  const R extends Repeats,
  const Replaces extends boolean,
>(
  operation: Operation<Name, Input, Output, R, Replaces> & {
    readonly input: z.ZodType<Input>;
    readonly output: z.ZodType<Output>;
  },
): Operation<Name, Input, Output, R, Replaces> {
  return operation;
}
