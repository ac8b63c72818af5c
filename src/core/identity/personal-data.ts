// Personal data in payloads: which fields they are, by the paths a source declares and by names that mean the same with every
// sender, and how they are masked. Pure; the masked value keeps its place, so that the shape of a payload stays readable.

import type { JsonValue } from '../json.ts';

export const mask = '[masked]';

/** Compared without case, `_` and `-`. Names of goods and documents (`name`, `title`, `number`) are left alone. */
const personalNames: ReadonlySet<string> = new Set(
  [
    ['email', 'emailaddress', 'mail', 'phone', 'phonenumber', 'mobile', 'fax', 'telephone'],
    ['firstname', 'lastname', 'middlename', 'fullname', 'givenname', 'familyname', 'surname', 'displayname'],
    ['customername', 'contactname', 'billingname', 'shippingname', 'recipientname', 'cardholdername'],
    ['address', 'address1', 'address2', 'addressline1', 'addressline2', 'street', 'street1', 'street2'],
    ['line1', 'line2', 'houseno', 'housenumber', 'zip', 'zipcode', 'postcode', 'postalcode', 'city'],
    ['latitude', 'longitude', 'ip', 'ipaddress', 'browserip', 'clientip', 'useragent'],
    ['iban', 'bic', 'accountnumber', 'cardnumber', 'last4', 'pan', 'taxid', 'vatid', 'vatnumber', 'ssn'],
    ['birthdate', 'dateofbirth', 'dob', 'gender', 'passport', 'nationalid', 'username', 'note', 'notes'],
  ].flat(),
);

/** Under these, every text is of a person. */
const personalParents: ReadonlySet<string> = new Set(
  [
    ['customer', 'buyer', 'payer', 'recipient', 'contact', 'person', 'user', 'shipto', 'billto', 'owner'],
    ['billing', 'shipping', 'billingaddress', 'shippingaddress', 'defaultaddress', 'billingdetails'],
    ['shippingdetails', 'customerdetails', 'payermethod', 'clientdetails'],
  ].flat(),
);

/** Of a person's record these say nothing about the person. */
const harmlessNames: ReadonlySet<string> = new Set([
  'id',
  'customerid',
  'currency',
  'country',
  'countrycode',
]);

export type Masked = {
  readonly value: JsonValue;
  /** `customer.email`; list items as `[]`. Each once. */
  readonly paths: readonly string[];
};

/** @param declared paths as in `Masked.paths`; what stands under one is masked too */
export function maskPersonal(value: JsonValue, declared: readonly string[] = []): Masked {
  const paths = new Set<string>();
  const wanted = new Set(declared);
  const walk = (node: JsonValue, at: { readonly path: string; readonly isPersonal: boolean }): JsonValue => {
    if (Array.isArray(node)) return node.map((item) => walk(item, { ...at, path: `${at.path}[]` }));
    if (typeof node === 'object' && node !== null) {
      return Object.fromEntries(
        Object.entries(node).flatMap(([name, member]) =>
          member === undefined ? [] : [[name, walk(member, below(at, name, wanted))]],
        ),
      );
    }
    if (!at.isPersonal || node === null || node === '' || typeof node === 'boolean') return node;
    paths.add(at.path);
    return mask;
  };
  const masked = walk(value, { path: '', isPersonal: false });
  return { value: masked, paths: [...paths].sort() };
}

function below(
  parent: { readonly path: string; readonly isPersonal: boolean },
  name: string,
  declared: ReadonlySet<string>,
): { readonly path: string; readonly isPersonal: boolean } {
  const path = parent.path === '' ? name : `${parent.path}.${name}`;
  const plain = name.toLowerCase().replace(/[_-]/g, '');
  const isPersonal =
    declared.has(path) ||
    personalNames.has(plain) ||
    personalParents.has(plain) ||
    (parent.isPersonal && !harmlessNames.has(plain));
  return { path, isPersonal };
}
