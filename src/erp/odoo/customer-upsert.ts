// customer.upsert on Odoo: a partner by its external id, replaced whole; and the partner of an order, which is never changed by it.

import type { AdapterFailure, ErpCall, OperationHandler } from '../../core/erp.ts';
import type { InputOf } from '../../core/operation.ts';
import type { customerUpsert } from '../../operations/customers.ts';
import { digest } from './external-id.ts';
import { createOdooClient, type OdooClient } from './odoo-client.ts';
import type { OdooSettings } from './odoo-options.ts';
import { idOf } from './read-odoo.ts';

type Call = ErpCall<InputOf<typeof customerUpsert>>;

const model = 'res.partner';
const fields = ['name', 'email', 'ref', 'active'];

const fieldNames = {
  ...{ name: 'name', email: 'email', phone: 'phone', street: 'address.line1', city: 'address.city' },
  ...{ zip: 'address.postalCode', 'country_id/id': 'address.country', country_id: 'address.country' },
};

const externalId = ({ module }: OdooSettings, customerId: string): string =>
  `${module}.customer_${digest(customerId)}`;

export function createCustomerHandler(settings: OdooSettings): OperationHandler<typeof customerUpsert> {
  const read = async ({ erp, input }: Call) =>
    createOdooClient(erp, settings, fieldNames).findOne(model, [['ref', '=', input.customerId]], fields);
  return {
    // Replacing it again with the same is harmless, and says for certain what is there.
    lookup: async (call) => {
      const found = await read(call);
      if (found.kind !== 'row') return found;
      const { name, email = null } = call.input;
      const isSame = found.row?.name === name && (found.row?.email || null) === email;
      return isSame && found.row !== null ? { kind: 'found', answer: found.row } : { kind: 'not_found' };
    },
    perform: async (call) => {
      const { customerId, name, email = '', phone = '', address } = call.input;
      const country = address === undefined ? '' : `base.${countryId(address.country)}`;
      const row = [
        ...[externalId(settings, customerId), customerId, name, email, phone],
        ...[
          address?.line1 ?? '',
          address?.line2 ?? '',
          address?.city ?? '',
          address?.postalCode ?? '',
          country,
        ],
      ];
      const columns = [
        'id',
        'ref',
        'name',
        'email',
        'phone',
        'street',
        'street2',
        'city',
        'zip',
        'country_id/id',
      ];
      const client = createOdooClient(call.erp, settings, fieldNames);
      const loaded = await client.load(model, { fields: columns, rows: [row] });
      return loaded.kind === 'loaded' ? { kind: 'performed', answer: { id: loaded.ids[0] ?? 0 } } : loaded;
    },
    verify: async (call) => {
      const found = await read(call);
      if (found.kind !== 'row') return found;
      if (found.row === null) return { kind: 'answer_lost', message: 'the partner could not be read back' };
      const { id, name, email, ref, active } = found.row;
      return {
        kind: 'verified',
        output: {
          ...{ documentId: String(id), documentNumber: ref, customerId: ref, name },
          ...{ state: active === false ? 'archived' : 'active', email: email === false ? null : email },
        },
      };
    },
  };
}

/** Odoo names its countries by their codes, but for one. */
function countryId(code: string): string {
  return code === 'GB' ? 'uk' : code.toLowerCase();
}

export type Partner = { readonly kind: 'partner'; readonly id: number } | AdapterFailure;

/** The partner with that reference; one is made where there is none. What the ERP knows of a partner is not overwritten by an order. */
export async function findOrLoadPartner(
  client: OdooClient,
  settings: OdooSettings,
  customer: { readonly customerId: string; readonly name: string; readonly email?: string | undefined },
): Promise<Partner> {
  const found = await client.findOne(model, [['ref', '=', customer.customerId]], ['name']);
  if (found.kind !== 'row') return found;
  const known = found.row === null ? null : idOf(found.row.id);
  if (known !== null) return { kind: 'partner', id: known };
  const { customerId, name, email = '' } = customer;
  const row = [externalId(settings, customerId), customerId, name, email];
  const loaded = await client.load(model, { fields: ['id', 'ref', 'name', 'email'], rows: [row] });
  return loaded.kind === 'loaded' ? { kind: 'partner', id: loaded.ids[0] ?? 0 } : loaded;
}
