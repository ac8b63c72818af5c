// customer.upsert on Business Central, and the customer an order needs. The customer's number is the sender's id, or a digest
// of it where it is longer than the number's 20 characters.

import type { AdapterFailure, OperationHandler } from '../../core/erp.ts';
import type { JsonObject } from '../../core/json.ts';
import type { customerUpsert } from '../../operations/customers.ts';
import { keyedOperation } from '../rest/keyed-operation.ts';
import { textOf } from '../rest/read-rest.ts';
import { stampOf } from '../rest/stamps.ts';
import { type BcClient, createBcClient, quoted } from './bc-client.ts';
import type { BusinessCentralOptions } from './bc-options.ts';

/** Characters of a number: Code[20]. */
const numberChars = 20;

/** A Code is kept in capitals. */
export function customerNumberOf(customerId: string): string {
  return stampOf(customerId, numberChars).toUpperCase();
}

const fieldNames = { displayName: 'name', email: 'email', phoneNumber: 'phone', Name: 'name' };

export async function ensureCustomer(
  client: BcClient,
  {
    customerId,
    name,
    email,
  }: { readonly customerId: string; readonly name: string; readonly email?: string | undefined },
): Promise<{ readonly kind: 'customer'; readonly number: string } | AdapterFailure> {
  const number = customerNumberOf(customerId);
  const found = await client.findOne('customers', `number eq ${quoted(number)}`);
  if (found.kind !== 'document') return found;
  if (found.document !== null) return { kind: 'customer', number };
  const made = await client.create('customers', { number, displayName: name, email: email ?? '' });
  return made.kind === 'document' ? { kind: 'customer', number } : made;
}

export function createCustomerHandler(
  options: BusinessCentralOptions,
): OperationHandler<typeof customerUpsert> {
  return keyedOperation<typeof customerUpsert>({
    find: ({ erp, input }) =>
      createBcClient(erp, options).findOne(
        'customers',
        `number eq ${quoted(customerNumberOf(input.customerId))}`,
      ),
    replaces: true,
    isDone: (customer, { input }) =>
      Object.entries(toFields(input)).every(([field, value]) => textOf(customer[field]) === value),
    write: async ({ erp, input }) => {
      const client = createBcClient(erp, { ...options, fieldNames });
      const number = customerNumberOf(input.customerId);
      const found = await client.findOne('customers', `number eq ${quoted(number)}`);
      if (found.kind !== 'document') return found;
      const saved =
        found.document === null
          ? await client.create('customers', { number, ...toFields(input) })
          : await client.change('customers', found.document, toFields(input));
      return saved.kind === 'document' ? { kind: 'written', document: saved.document } : saved;
    },
    verify: ({ input }, customer) => ({
      kind: 'verified',
      output: {
        ...{ documentId: textOf(customer.id), documentNumber: textOf(customer.number) },
        // `_x0020_` is how the service writes the blank that means "not blocked".
        state: [' ', '_x0020_', ''].includes(textOf(customer.blocked)) ? 'active' : 'blocked',
        customerId:
          customer.number === customerNumberOf(input.customerId) ? input.customerId : textOf(customer.number),
        name: textOf(customer.displayName),
        email: textOf(customer.email) || null,
      },
    }),
  });
}

type Input = Parameters<ReturnType<typeof createCustomerHandler>['perform']>[0]['input'];

/** Whole: what is absent is emptied. */
function toFields({ name, email = '', phone = '', address }: Input): JsonObject {
  return {
    ...{ displayName: name, email, phoneNumber: phone },
    ...{ addressLine1: address?.line1 ?? '', addressLine2: address?.line2 ?? '' },
    ...{ city: address?.city ?? '', postalCode: address?.postalCode ?? '', country: address?.country ?? '' },
  };
}
