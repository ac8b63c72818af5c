// The sales that payments are for. With one shop a payment runs in the line of its order and waits for the sale; with none, or
// with several, nothing says which sale comes first: write it here.

import type { EventPrerequisite } from '../../../src/core/define-integration.ts';
import type { SourceDefinition } from '../../../src/core/relay-definition.ts';

/** What a payment waits for. */
export const salesBefore: readonly EventPrerequisite[] = [];

/** Where those sales come from. */
export const saleSources: readonly SourceDefinition[] = [];

/** The ERP's id of an order, by what the checkout wrote into the payment. */
export const orderIdOf = (reference: string): string => reference;
