// Customers: created or replaced whole by the caller's own customer id.
// An order may bring its customer along; that creates a missing one and never changes one that exists.

import * as z from 'zod';
import type { CustomerDocument } from '../documents.ts';
import { type Erp, isoTime, parseBody } from '../erp.ts';
import { refuse } from '../refusal.ts';
import { idField, relayKeyField } from './fields.ts';

/** 320 characters: the longest address RFC 5321 allows. */
const MAX_EMAIL_LENGTH = 320;

export const orderCustomerFields = z.object({
  customerId: idField,
  name: z.string().max(500),
  email: z.string().max(MAX_EMAIL_LENGTH).nullish(),
});

const customerBody = z.object({
  relayKey: relayKeyField,
  name: z.string().max(500),
  email: z.string().max(MAX_EMAIL_LENGTH).nullish(),
  phone: z.string().max(50).nullish(),
  address: z
    .object({
      line1: z.string().max(500),
      line2: z.string().max(500).optional(),
      city: z.string().max(200),
      postalCode: z.string().max(20).optional(),
      country: z.string(),
    })
    .nullish(),
});

type CustomerFields = Pick<CustomerDocument, 'name' | 'email' | 'phone' | 'address'>;

function checkCustomer({ name, email, address }: CustomerFields, prefix: string): void {
  if (name.trim() === '') refuse('name_missing', 'A customer needs a name.', `${prefix}name`);
  if (email !== null && !/^[^\s@]+@[^\s@]+$/.test(email)) {
    refuse('invalid_email', `${email} is not an e-mail address.`, `${prefix}email`);
  }
  if (address !== null && !/^[A-Z]{2}$/.test(address.country)) {
    refuse(
      'unknown_country',
      'The country must be an ISO 3166 code of two letters.',
      `${prefix}address.country`,
    );
  }
}

/** Creates the customer, or replaces every field of the one with that id. What is not given is emptied. */
export function upsertCustomer(erp: Erp, customerId: string, body: unknown): CustomerDocument {
  const { relayKey = null, name, email = null, phone = null, address = null } = parseBody(customerBody, body);
  const fields: CustomerFields = { name, email, phone, address };
  checkCustomer(fields, '');
  const known = erp.store.byReference('customer', customerId);
  const customer: CustomerDocument =
    known === null
      ? newCustomer(erp, { customerId, fields, relayKey })
      : { ...known, ...fields, relayKey, revision: known.revision + 1, updatedAt: isoTime(erp.now) };
  if (known === null) erp.store.insert('customer', customer);
  else erp.store.update('customer', customer);
  const { documentId } = customer;
  erp.store.appendEffect({
    at: erp.now,
    operation: 'customer.upsert',
    relayKey,
    documentId,
    reference: customerId,
  });
  return customer;
}

/** Makes sure that an order's customer exists. */
export function customerOfOrder(erp: Erp, customer: z.infer<typeof orderCustomerFields>): void {
  const fields: CustomerFields = {
    name: customer.name,
    email: customer.email ?? null,
    phone: null,
    address: null,
  };
  checkCustomer(fields, 'customer.');
  const { customerId } = customer;
  if (erp.store.byReference('customer', customerId) !== null) return;
  erp.store.insert('customer', newCustomer(erp, { customerId, fields, relayKey: null }));
}

function newCustomer(
  erp: Erp,
  { customerId, fields, relayKey }: { customerId: string; fields: CustomerFields; relayKey: string | null },
): CustomerDocument {
  const createdAt = isoTime(erp.now);
  const ids = erp.store.next('customer', 'C');
  return {
    ...ids,
    state: 'active',
    relayKey,
    createdAt,
    customerId,
    ...fields,
    revision: 1,
    updatedAt: createdAt,
  };
}
