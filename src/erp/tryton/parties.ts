// Customers and suppliers as Tryton's parties, found by their code, which Tryton keeps unique.
// May not change a party it found: who they are is customer.upsert's business.

import * as z from 'zod';
import type { AdapterFailure } from '../../core/erp.ts';
import { type Attempting, attempt, fail, refuse } from './attempting.ts';
import { createOne, searchOne, type Tryton } from './tryton-calls.ts';

const partyRow = z.object({
  id: z.number(),
  code: z.string(),
  addresses: z.array(z.number()),
  customer_payment_term: z.number().nullable(),
});

export type Party = {
  readonly id: number;
  readonly address: number;
  /** What was agreed with this customer; null: the invoice is due at once. */
  readonly paymentTerm: number | null;
};

export type Customer = {
  readonly customerId: string;
  readonly name: string;
  readonly email?: string | undefined;
};

export async function* findParty(tryton: Tryton, code: string): Attempting<Party | null> {
  const party = yield* searchOne(tryton, {
    model: 'party.party',
    where: [['code', '=', code]],
    row: partyRow,
  });
  if (party === null) return null;
  const address = party.addresses[0] ?? (yield* createOne(tryton, 'party.address', { party: party.id }));
  return { id: party.id, address, paymentTerm: party.customer_payment_term };
}

export async function* ensureCustomer(tryton: Tryton, customer: Customer): Attempting<Party> {
  const { customerId: code, name, email } = customer;
  const found = yield* findParty(tryton, code);
  if (found !== null) return found;
  const contacts = email === undefined ? [] : [['create', [{ type: 'email', value: email }]]];
  const values = { code, name, addresses: [['create', [{}]]], contact_mechanisms: contacts };
  const made = await attempt(createOne(tryton, 'party.party', values));
  if (typeof made !== 'number' && !isTaken(made)) return yield* fail(made);
  // Made here, or by another order of the same customer in between: the code is unique, so it is the same party.
  const party = yield* findParty(tryton, code);
  return (
    party ?? (yield* refuse('unknown_customer', `party ${code} is not to be found`, 'customer.customerId'))
  );
}

const isTaken = (failure: AdapterFailure): boolean =>
  failure.kind === 'rejected' && failure.code === 'already_exists';

/** The party that goods without a purchase order come from. */
export async function* findSupplier(tryton: Tryton): Attempting<Party> {
  const code = tryton.options.supplier;
  const found = yield* findParty(tryton, code);
  const message = `Tryton has no party ${code}, from which goods without a purchase order come`;
  return found ?? (yield* refuse('unknown_supplier', message, 'purchaseOrder'));
}
