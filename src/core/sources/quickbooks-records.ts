// QuickBooks' invoices, payments, customers and more, fetched when a webhook announces them, in both forms of the webhook.
// Pure; I/O is the given API's. The company is read from the signed body, and the token opens one company only.

import type { SenderApi } from '../enrich.ts';
import type { JsonObject } from '../json.ts';
import type { IdentifiedEvent } from '../source.ts';
import {
  bearing,
  checkedId,
  defineRecords,
  type Fetched,
  notEnrichable,
  type RecordsApi,
  type SenderRecords,
  unwrap,
} from './define-records.ts';
import { objectOf } from './items.ts';
import { quickbooks } from './quickbooks.ts';

/** Another record by its id. */
export type QuickBooksReference = { readonly value: string; readonly name?: string };

/** What every record has. Money is a number of the record's currency. */
export type QuickBooksRecord = {
  readonly Id: string;
  readonly SyncToken: string;
  readonly MetaData: { readonly CreateTime: string; readonly LastUpdatedTime: string };
};

export type QuickBooksLine = {
  readonly Id?: string;
  readonly Description?: string;
  readonly Amount: number;
  readonly DetailType: string;
  readonly SalesItemLineDetail?: {
    readonly ItemRef?: QuickBooksReference;
    readonly Qty?: number;
    readonly UnitPrice?: number;
  };
  /** What a payment paid. */
  readonly LinkedTxn?: readonly { readonly TxnId: string; readonly TxnType: string }[];
};

export type QuickBooksInvoice = QuickBooksRecord & {
  readonly DocNumber?: string;
  readonly TxnDate: string;
  readonly DueDate?: string;
  readonly CustomerRef: QuickBooksReference;
  readonly CurrencyRef?: QuickBooksReference;
  readonly Line: readonly QuickBooksLine[];
  readonly TotalAmt: number;
  readonly Balance: number;
};

export type QuickBooksPayment = QuickBooksRecord & {
  readonly TxnDate: string;
  readonly CustomerRef: QuickBooksReference;
  readonly CurrencyRef?: QuickBooksReference;
  readonly TotalAmt: number;
  readonly UnappliedAmt?: number;
  readonly PaymentRefNum?: string;
  readonly Line: readonly QuickBooksLine[];
};

export type QuickBooksCustomer = QuickBooksRecord & {
  readonly DisplayName: string;
  readonly CompanyName?: string;
  readonly GivenName?: string;
  readonly FamilyName?: string;
  readonly PrimaryEmailAddr?: { readonly Address: string };
  readonly PrimaryPhone?: { readonly FreeFormNumber: string };
  readonly Active: boolean;
};

type Records = {
  readonly Invoice: QuickBooksInvoice;
  readonly Payment: QuickBooksPayment;
  readonly Customer: QuickBooksCustomer;
  readonly Vendor: QuickBooksRecord & JsonObject;
  readonly Item: QuickBooksRecord & JsonObject;
  readonly Bill: QuickBooksRecord & JsonObject;
};
type Name = keyof Records;

/** The old form's types and the CloudEvents'. What was deleted or merged away is announced, and not there to be fetched. */
export type QuickBooksRecordTopics = {
  readonly [Each in Name as `${Each}.${'Create' | 'Update'}`]: Records[Each];
} & {
  readonly [Each in Name as `qbo.${Lowercase<Each>}.${'created' | 'updated'}.v1`]: Records[Each];
} & {
  readonly [Each in 'Invoice' | 'Payment' as `${Each}.Void`]: Records[Each];
};

const names: readonly Name[] = ['Invoice', 'Payment', 'Customer', 'Vendor', 'Item', 'Bill'];
const types = [
  ...names.flatMap((name) => [`${name}.Create`, `${name}.Update`] as const),
  ...names.flatMap((name) => {
    const lower = name.toLowerCase() as Lowercase<Name>;
    return [`qbo.${lower}.created.v1`, `qbo.${lower}.updated.v1`] as const;
  }),
  'Invoice.Void',
  'Payment.Void',
] as const;

/** Ids of companies and of records are counters. */
const idForm = /^[1-9]\d{0,18}$/;

/** The name as the answer spells it. */
function nameOf(type: string): Name | undefined {
  const [first = '', second = ''] = type.split('.');
  const told = (first === 'qbo' ? second : first).toLowerCase();
  return names.find((name) => name.toLowerCase() === told);
}

/** Where both forms say which record of which company it is. */
function placeOf(payload: JsonObject) {
  const old = payload.realmId !== undefined;
  return {
    company: checkedId(old ? payload.realmId : payload.intuitaccountid, idForm),
    id: checkedId(old ? payload.id : payload.intuitentityid, idForm),
    changedAt: old ? payload.lastUpdated : payload.time,
  };
}

async function fetchRecord({ type, payload }: IdentifiedEvent, api: SenderApi): Promise<Fetched> {
  const { company, id } = placeOf(objectOf(payload));
  const name = nameOf(type);
  if (company === null || id === null || name === undefined)
    return notEnrichable('the event names no company, or no record, as QuickBooks does');
  const record = unwrap(await api.get(`/v3/company/${company}/${name.toLowerCase()}/${id}`), name);
  return record.ok ? bearing(record.value, 'Id', id) : record;
}

/**
 * `baseUrl` names the variable that holds `https://quickbooks.api.intuit.com`, `token` the secret with an access token.
 * An announcement tells its time in milliseconds: that is the version.
 */
export function quickbooksRecords(api: RecordsApi): SenderRecords<QuickBooksRecordTopics> {
  return defineRecords<QuickBooksRecordTopics>({
    preset: quickbooks,
    api,
    types,
    record: ({ payload }) => {
      const { company, id, changedAt } = placeOf(objectOf(payload));
      if (company === null || id === null || typeof changedAt !== 'string') return null;
      return { id: `${company}:${id}`, version: changedAt };
    },
    fetch: fetchRecord,
  });
}
