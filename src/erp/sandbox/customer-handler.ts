// customer.upsert on the sandbox ERP: one write that replaces the customer whole.
// The customer carries only the key of its newest write, so the audit log is what proves an older one.

import type { ErpCall, Lookup, OperationHandler } from '../../core/erp.ts';
import { isJsonObject } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { customerUpsert } from '../../operations/customers.ts';
import { keyedBody, lookupReplaced, performedWithoutAnswer } from './keyed-document.ts';
import {
  findFirst,
  pathSegment,
  refusedSegment,
  type SandboxOptions,
  verifyAnswer,
  write,
} from './sandbox-calls.ts';

type Call = ErpCall<InputOf<typeof customerUpsert>>;

export function createCustomerHandler(options: SandboxOptions): OperationHandler<typeof customerUpsert> {
  return {
    lookup: lookupCustomer,
    perform: async (call) => {
      const { customerId, ...fields } = call.input;
      const segment = pathSegment(customerId);
      if (segment === null) return refusedSegment('customerId');
      const path = `/api/customers/${segment}`;
      const request = { method: 'PUT', path, body: keyedBody(fields, call.key) } as const;
      const answer = await write(call, request, { options, step: 'upsert' });
      if (answer.kind !== 'answer') return answer;
      if (isJsonObject(answer.json)) return { kind: 'performed', answer: answer.json };
      return performedWithoutAnswer(call, '/api/customers');
    },
    verify: verifyAnswer,
  };
}

function lookupCustomer(call: Call): Promise<Lookup> {
  const { customerId, name, email = null } = call.input;
  return lookupReplaced(call, {
    collection: '/api/customers',
    find: () => findFirst(call, '/api/customers', { customerId }),
    written: { customerId, name, email },
  });
}
