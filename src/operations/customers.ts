// Customers: created or replaced whole by the sender's own id.
// States intent only; how an ERP does it is in src/erp.

import * as z from 'zod';
import { differences, expectEqual } from './compare.ts';
import { defineOperation } from './define-operation.ts';
import { documentFields, emailField, idField, nameField } from './fields.ts';

/** Characters of a telephone number, extension and all. */
const maxPhoneLength = 50;

const addressFields = z.strictObject({
  line1: nameField,
  line2: nameField.optional(),
  city: nameField,
  postalCode: idField.optional(),
  country: z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166 country code of two letters such as NL'),
});

/** Creates the customer or replaces what is known of them: a field that is absent is emptied. */
export const customerUpsert = defineOperation({
  name: 'customer.upsert',
  version: 1,
  requires: ['customers'],
  repeats: 'per_version',
  replacesState: true,
  keyFields: ['customerId'],
  input: z.strictObject({
    /** The subject. */
    customerId: idField,
    name: nameField,
    email: emailField.optional(),
    phone: z.string().max(maxPhoneLength, `must have at most ${maxPhoneLength} characters`).optional(),
    address: addressFields.optional(),
  }),
  output: z.object({
    ...documentFields,
    customerId: z.string(),
    name: z.string(),
    email: z.string().nullish(),
  }),
  identify: ({ customerId }) => ({ entity: { kind: 'customer', id: customerId }, subject: customerId }),
  compare: (customer, document) =>
    differences(
      expectEqual('state', 'active', document.state),
      expectEqual('customerId', customer.customerId, document.customerId),
      expectEqual('name', customer.name, document.name),
      // ERPs lower the case of an address; nobody's mail depends on it.
      expectEqual('email', customer.email?.toLowerCase() ?? null, document.email?.toLowerCase() ?? null),
    ),
});
