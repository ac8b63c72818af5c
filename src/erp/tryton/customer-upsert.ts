// customer.upsert on Tryton: the party with the customer's id as its code, which Tryton keeps unique. What is absent from
// the input is emptied. The goal is a state, so a look-up compares states: nothing has to remember who wrote it.

import * as z from 'zod';
import type { JsonObject } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { customerUpsert } from '../../operations/customers.ts';
import { type Attempting, refuse } from './attempting.ts';
import { ensureCustomer } from './parties.ts';
import type { Saga } from './saga.ts';
import { readRow, searchOne, type Tryton, update } from './tryton-calls.ts';
import { flag } from './values.ts';

type Input = InputOf<typeof customerUpsert>;

const model = 'party.party';

const partyRow = z.object({
  id: z.number(),
  code: z.string(),
  name: z.string().nullable(),
  active: flag,
  'addresses.': z.array(
    z.object({
      id: z.number(),
      street: z.string().nullable(),
      city: z.string().nullable(),
      postal_code: z.string().nullable(),
      'country.': z.object({ id: z.number(), code: z.string() }).nullable(),
    }),
  ),
  'contact_mechanisms.': z.array(
    z.object({ id: z.number(), type: z.string(), value: z.string().nullable() }),
  ),
});

type Party = z.infer<typeof partyRow>;

/** Mechanisms the input speaks of; the others are left alone. */
const contactTypes = ['email', 'phone'] as const;

export const customerUpsertSaga: Saga<Input> = {
  find: async function* (tryton, input) {
    // Tryton hides what is not active from a search that does not ask for it.
    const where = [
      ['code', '=', input.customerId],
      ['active', 'in', [true, false]],
    ];
    const party = yield* searchOne(tryton, { model, where, row: partyRow });
    return party === null ? null : { id: party.id, isDone: isAsWanted(party, input) };
  },
  begin: async function* (tryton, input) {
    yield* findCountry(tryton, input);
    return (yield* ensureCustomer(tryton, input)).id;
  },
  finish: async function* (tryton, input, id) {
    const party = yield* readRow(tryton, { model, id, row: partyRow });
    if (isAsWanted(party, input)) return;
    const address = yield* toAddress(tryton, input);
    const [first] = party['addresses.'];
    const values = {
      name: input.name,
      active: true,
      addresses: first === undefined ? [['create', [address]]] : [['write', [first.id], address]],
      contact_mechanisms: contactTypes.flatMap((type) => contactCommands(party, type, input[type])),
    };
    yield* update(tryton, { model, ids: [id], values });
  },
  show: async function* (tryton, _input, id) {
    const party = yield* readRow(tryton, { model, id, row: partyRow });
    return {
      documentId: String(id),
      documentNumber: party.code,
      state: party.active ? 'active' : 'inactive',
      customerId: party.code,
      name: party.name,
      email: contactOf(party, 'email'),
    };
  },
};

const contactOf = (party: Party, type: string): string | null =>
  party['contact_mechanisms.'].find((contact) => contact.type === type)?.value ?? null;

function isAsWanted(party: Party, { name, address, ...contacts }: Input): boolean {
  const [first] = party['addresses.'];
  const sameContacts = contactTypes.every((type) => contactOf(party, type) === (contacts[type] ?? null));
  const sameAddress =
    (first?.street ?? null) === streetOf(address) &&
    (first?.city ?? null) === (address?.city ?? null) &&
    (first?.postal_code ?? null) === (address?.postalCode ?? null) &&
    (first?.['country.']?.code ?? null) === (address?.country ?? null);
  return party.active && party.name === name && sameContacts && sameAddress;
}

/** One `write`, `create` or `delete` so that the party has one such contact, or none. */
function contactCommands(party: Party, type: string, value: string | undefined) {
  const [first, ...others] = party['contact_mechanisms.'].filter((contact) => contact.type === type);
  const surplus = (value === undefined && first !== undefined ? [first, ...others] : others).map(
    ({ id }) => id,
  );
  const dropped = surplus.length === 0 ? [] : [['delete', surplus]];
  if (value === undefined) return dropped;
  const kept = first === undefined ? ['create', [{ type, value }]] : ['write', [first.id], { value }];
  return [kept, ...dropped];
}

function streetOf(address: Input['address']): string | null {
  if (address === undefined) return null;
  return address.line2 === undefined ? address.line1 : `${address.line1}\n${address.line2}`;
}

async function* toAddress(tryton: Tryton, input: Input): Attempting<JsonObject> {
  const { address } = input;
  const country = yield* findCountry(tryton, input);
  const { city = null, postalCode = null } = address ?? {};
  return { street: streetOf(address), city, postal_code: postalCode, country, subdivision: null };
}

const countryRow = z.object({ id: z.number() });

async function* findCountry(tryton: Tryton, { address }: Input): Attempting<number | null> {
  if (address === undefined) return null;
  const where = [['code', '=', address.country]];
  const found = yield* searchOne(tryton, { model: 'country.country', where, row: countryRow });
  if (found !== null) return found.id;
  const message = `Tryton has no country ${address.country}: trytond_import_countries loads them all`;
  return yield* refuse('unknown_country', message, 'address.country');
}
