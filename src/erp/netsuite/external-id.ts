// External ids: what a record is found by, in the URL as well. NetSuite keeps them unique for each type of record. Pure.

import { digestOf } from '../rest/stamps.ts';

/** Letters, digits, `_` and `-` are all an external id may hold. */
const plain = /^[A-Za-z0-9_-]{1,60}$/;

/** `order-450789469`; of an id with other characters, a digest. */
export function externalIdOf(kind: 'order' | 'invoice' | 'customer' | 'payment', id: string): string {
  return `${kind}-${plain.test(id) ? id : digestOf(id)}`;
}

/** Of a document that one operation makes. */
export function externalIdOfKey(key: string): string {
  return `hf-${digestOf(key)}`;
}
