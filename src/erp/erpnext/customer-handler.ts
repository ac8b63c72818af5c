// customer.upsert on ERPNext, and the customer an order needs. A customer bears the sender's id in the key field, for its
// name is anybody's. ERPNext keeps addresses as documents of their own: an input with one is refused, never half done.

import type { AdapterFailure, OperationHandler } from '../../core/erp.ts';
import type { JsonObject } from '../../core/json.ts';
import type { customerUpsert } from '../../operations/customers.ts';
import { keyedOperation } from '../rest/keyed-operation.ts';
import { refused, textOf } from '../rest/read-rest.ts';
import { stampOf } from '../rest/stamps.ts';
import { createErpnextClient, type ErpnextClient } from './erpnext-client.ts';
import type { ErpnextSettings } from './erpnext-options.ts';

/** Characters of a Data field. */
const dataChars = 140;

const customerKey = (customerId: string): string => stampOf(`customer/${customerId}`, dataChars);

const fieldNames = { customer_name: 'name', email_id: 'email', mobile_no: 'phone' };

type Wanted = { readonly customerId: string; readonly name: string; readonly email?: string | undefined };

type FoundCustomer = { readonly kind: 'customer'; readonly name: string } | AdapterFailure;

export async function findOrInsertCustomer(
  client: ErpnextClient,
  settings: ErpnextSettings,
  customer: Wanted,
): Promise<FoundCustomer> {
  const key = customerKey(customer.customerId);
  const found = await client.findOne('Customer', [[settings.keyField, '=', key]]);
  if (found.kind !== 'document') return found;
  if (found.document !== null) return { kind: 'customer', name: textOf(found.document.name) };
  const made = await client.insert('Customer', toDocument(settings, { ...customer, key }));
  return made.kind === 'document' ? { kind: 'customer', name: textOf(made.document.name) } : made;
}

function toDocument(
  { keyField }: ErpnextSettings,
  customer: {
    readonly name: string;
    readonly email?: string | undefined;
    readonly phone?: string | undefined;
    readonly key: string;
  },
): JsonObject {
  const { name, email = '', phone = '', key } = customer;
  const contact = { email_id: email, mobile_no: phone };
  return { customer_name: name, customer_type: 'Individual', [keyField]: key, ...contact };
}

export function createCustomerHandler(settings: ErpnextSettings): OperationHandler<typeof customerUpsert> {
  return keyedOperation<typeof customerUpsert>({
    find: ({ erp, input }) =>
      createErpnextClient(erp).findOne('Customer', [[settings.keyField, '=', customerKey(input.customerId)]]),
    replaces: true,
    isDone: (document, { input }) =>
      document.customer_name === input.name &&
      textOf(document.email_id).toLowerCase() === (input.email ?? '').toLowerCase() &&
      textOf(document.mobile_no) === (input.phone ?? ''),
    write: async ({ erp, input }) => {
      if (input.address !== undefined)
        return refused('address_unsupported', 'an address is a document of its own in ERPNext', 'address');
      const client = createErpnextClient(erp, fieldNames);
      const key = customerKey(input.customerId);
      const found = await client.findOne('Customer', [[settings.keyField, '=', key]]);
      if (found.kind !== 'document') return found;
      const document = toDocument(settings, { ...input, key });
      const saved =
        found.document === null
          ? await client.insert('Customer', document)
          : await client.change('Customer', found.document, document);
      return saved.kind === 'document' ? { kind: 'written', document: saved.document } : saved;
    },
    verify: ({ input }, document) => ({
      kind: 'verified',
      output: {
        documentId: textOf(document.name),
        documentNumber: textOf(document.name),
        state: document.disabled === 1 ? 'disabled' : 'active',
        customerId: document[settings.keyField] === customerKey(input.customerId) ? input.customerId : '',
        name: textOf(document.customer_name),
        email: textOf(document.email_id) === '' ? null : textOf(document.email_id),
      },
    }),
  });
}
