// customer.upsert on the sandbox ERP: one write that replaces the customer whole.
// The customer carries only the key of its newest write, so the audit log is what proves an older one.

import type { ErpCall, Lookup, OperationHandler } from '../../core/erp.ts';
import { isJsonObject } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { customerUpsert } from '../../operations/customers.ts';
import { keyedBody, lookupByKey, performedWithoutAnswer } from './keyed-document.ts';
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

async function lookupCustomer(call: Call): Promise<Lookup> {
  const newest = await lookupByKey(call, '/api/customers');
  if (newest.kind !== 'not_found') return newest;
  const audited = await findFirst(call, '/api/audit', { relayKey: call.key });
  if (audited.kind !== 'document') return audited;
  if (audited.document === null) return { kind: 'not_found' };
  const { customerId, name, email = null } = call.input;
  const customer = await findFirst(call, '/api/customers', { customerId });
  if (customer.kind !== 'document') return customer;
  // It was written and has been replaced since. What it wrote is what the input says; who it is, the ERP says.
  return { kind: 'found', answer: { ...customer.document, customerId, name, email } };
}
