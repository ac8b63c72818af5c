// customer.upsert on NetSuite, and the customer an order needs: NetSuite's own upsert, by the external id.

import type { AdapterFailure, OperationHandler } from '../../core/erp.ts';
import type { JsonObject } from '../../core/json.ts';
import type { customerUpsert } from '../../operations/customers.ts';
import { keyedOperation } from '../rest/keyed-operation.ts';
import { refused, textOf } from '../rest/read-rest.ts';
import { externalIdOf } from './external-id.ts';
import { createNetsuiteClient, type NetsuiteClient } from './netsuite-client.ts';
import type { NetsuiteOptions } from './netsuite-options.ts';

const fieldNames = { companyName: 'name', email: 'email', phone: 'phone', subsidiary: 'customerId' };

type Wanted = {
  readonly customerId: string;
  readonly name: string;
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
};

export async function ensureCustomer(
  client: NetsuiteClient,
  options: NetsuiteOptions,
  customer: Wanted,
): Promise<{ readonly kind: 'customer'; readonly id: string } | AdapterFailure> {
  const externalId = externalIdOf('customer', customer.customerId);
  const found = await client.find('customer', externalId);
  if (found.kind !== 'document') return found;
  if (found.document !== null) return { kind: 'customer', id: textOf(found.document.id) };
  const made = await client.upsert('customer', externalId, toBody(options, customer));
  if (made.kind !== 'written')
    return made.kind === 'accepted' || made.kind === 'already'
      ? { kind: 'answer_lost', message: 'the customer is made as a job' }
      : made;
  const read = await client.find('customer', externalId);
  if (read.kind !== 'document') return read;
  return read.document === null
    ? { kind: 'answer_lost', message: 'the customer was made and could not be read' }
    : { kind: 'customer', id: textOf(read.document.id) };
}

function toBody({ subsidiaryId }: NetsuiteOptions, { name, email = '', phone = '' }: Wanted): JsonObject {
  return {
    ...{ isPerson: false, companyName: name, email, phone },
    ...(subsidiaryId === undefined ? {} : { subsidiary: { id: subsidiaryId } }),
  };
}

export function createCustomerHandler(options: NetsuiteOptions): OperationHandler<typeof customerUpsert> {
  return keyedOperation<typeof customerUpsert>({
    find: (call) =>
      createNetsuiteClient(call, options).find('customer', externalIdOf('customer', call.input.customerId)),
    replaces: true,
    isDone: (customer, { input }) =>
      customer.companyName === input.name &&
      textOf(customer.email).toLowerCase() === (input.email ?? '').toLowerCase() &&
      textOf(customer.phone) === (input.phone ?? ''),
    write: async (call) => {
      const { input } = call;
      if (input.address !== undefined)
        return refused('address_unsupported', 'an address is a record of its own in NetSuite', 'address');
      const client = createNetsuiteClient(call, options, fieldNames);
      return client.upsert('customer', externalIdOf('customer', input.customerId), toBody(options, input));
    },
    verify: ({ input }, customer) => ({
      kind: 'verified',
      output: {
        ...{
          documentId: textOf(customer.id),
          documentNumber: textOf(customer.entityId) || textOf(customer.id),
        },
        state: customer.isInactive === true ? 'inactive' : 'active',
        customerId:
          customer.externalId === externalIdOf('customer', input.customerId)
            ? input.customerId
            : textOf(customer.externalId),
        name: textOf(customer.companyName),
        email: textOf(customer.email) || null,
      },
    }),
  });
}
