// The one read of everything the sandbox ERP holds, and its summary: documents, stock, ledger, the log of effects,
// and what was done more than once. Taken in one go, so that what it shows was true together.
// May not change anything.

import type { CallCounts } from './call-counts.ts';
import { formatQuantity } from './decimal.ts';
import type { DocumentKind } from './documents.ts';
import { type ErpSettings, isoTime } from './erp.ts';
import type { ErpStore } from './erp-store.ts';
import type { ErpFaults } from './faults.ts';
import { type Job, toAnswer } from './jobs.ts';
import { toEffect } from './routes.ts';
import { trialBalance } from './rules/accounting.ts';

export type StateSource = {
  readonly store: ErpStore;
  readonly counts: CallCounts;
  readonly settings: ErpSettings;
  readonly faults: ErpFaults;
  readonly now: number;
};

/** 50,000 documents a collection: some tens of megabytes of JSON, still within a Worker's 128 MB. */
export const MAX_STATE_DOCUMENTS = 50_000;

/** 1,000 entries: beyond that the number matters, not the list. */
const MAX_DOUBLED = 1_000;

/** 500 documents a chunk: some hundred kilobytes, so that no chunk is a copy of everything. */
const DOCUMENTS_IN_CHUNK = 500;

const COLLECTIONS: readonly (readonly [name: string, kind: DocumentKind])[] = [
  ['orders', 'order'],
  ['invoices', 'invoice'],
  ['payments', 'payment'],
  ['reconciliations', 'reconciliation'],
  ['creditNotes', 'credit_note'],
  ['shipments', 'shipment'],
  ['returns', 'return'],
  ['receipts', 'receipt'],
  ['adjustments', 'adjustment'],
  ['purchaseOrders', 'purchase_order'],
  ['stockMoves', 'stock_move'],
  ['customers', 'customer'],
  ['products', 'product'],
  ['prices', 'price'],
  ['periods', 'period'],
  ['journalEntries', 'journal_entry'],
];

/** Effects that may happen once for each of the caller's own ids, whatever key they were done under. */
const ONCE_PER_REFERENCE = [
  'sale.confirm',
  'sale.cancel',
  'invoice.post',
  'payment.register',
  'credit_note.issue',
  'shipment.deliver',
  'return.receive',
  'purchase.receive',
  'invoice.reconcile',
  'period.close',
  'stock.receive',
] as const;

export function erpSummary(source: StateSource) {
  const { store } = source;
  const documents: Record<string, Record<string, number>> = {};
  for (const [name] of COLLECTIONS) documents[name] = {};
  const names = new Map<string, string>(COLLECTIONS.map(([name, kind]) => [kind, name]));
  const byState =
    "SELECT kind, json_extract(doc, '$.state') AS state, count(*) AS count FROM documents GROUP BY kind, state";
  for (const row of store.rows(byState)) {
    const counts = documents[names.get(String(row.kind)) ?? ''];
    if (counts !== undefined) counts[String(row.state)] = Number(row.count);
  }
  const operationRows = store.rows(
    'SELECT operation, count(*) AS count FROM effects GROUP BY operation ORDER BY operation',
  );
  const operationCounts = Object.fromEntries(
    operationRows.map((row) => [String(row.operation), Number(row.count)]),
  );
  return {
    ...header(source),
    documents,
    operationCounts,
    balanced: trialBalance({ store }).balanced,
    ...doubled(store),
  };
}

function header({ counts, settings, faults, now }: StateSource) {
  const { callCount, calls, errors, loginCount, failedLoginCount } = counts.toNote();
  return {
    at: isoTime(now),
    callCount,
    calls,
    errors,
    logins: loginCount,
    failedLogins: failedLoginCount,
    settings,
    faults,
  };
}

/** The same effect twice: under one relay key, or for one id of the caller's. */
function doubled(store: ErpStore) {
  const columns = 'operation, count(*) AS count, json_group_array(document_id) AS documents FROM effects';
  const byKey = store.rows(
    `SELECT relay_key AS name, ${columns} WHERE relay_key IS NOT NULL
     GROUP BY relay_key, operation HAVING count(*) > 1 LIMIT ${MAX_DOUBLED}`,
  );
  const byReference = store.rows(
    `SELECT reference AS name, ${columns} WHERE operation IN (${ONCE_PER_REFERENCE.map(() => '?').join(', ')})
     GROUP BY reference, operation HAVING count(*) > 1 LIMIT ${MAX_DOUBLED}`,
    ...ONCE_PER_REFERENCE,
  );
  const toDoubled = (row: Record<string, SqlStorageValue>) => ({
    ...{ operation: String(row.operation), count: Number(row.count) },
    documentIds: JSON.parse(String(row.documents)) as string[],
  });
  return {
    doubled: byKey.map((row) => ({ relayKey: String(row.name), ...toDoubled(row) })),
    doubledReferences: byReference.map((row) => ({ reference: String(row.name), ...toDoubled(row) })),
  };
}

/** The whole state as the chunks of one JSON text. At most `limit` entries a list; what was cut is named in `truncated`. */
export function erpStateChunks(source: StateSource, limit: number): string[] {
  const { store } = source;
  const chunks: string[] = [JSON.stringify(header(source)).slice(0, -1)];
  const truncated: string[] = [];
  const addList = (name: string, items: readonly string[]): void => {
    if (items.length > limit) truncated.push(name);
    const kept = items.slice(0, limit);
    chunks.push(`,"${name}":[`);
    for (let from = 0; from < kept.length; from += DOCUMENTS_IN_CHUNK) {
      chunks.push((from === 0 ? '' : ',') + kept.slice(from, from + DOCUMENTS_IN_CHUNK).join(','));
    }
    chunks.push(']');
  };
  for (const [name, kind] of COLLECTIONS) addList(name, documentTexts(store, kind, limit + 1));
  addList('stockOnHand', stockTexts(store));
  const jobs = store.rows('SELECT job FROM jobs ORDER BY number LIMIT ?', limit + 1);
  addList(
    'jobs',
    jobs.map((row) => JSON.stringify(toAnswer(JSON.parse(String(row.job)) as Job, source.now))),
  );
  const effects = store.rows('SELECT * FROM effects ORDER BY number LIMIT ?', limit + 1);
  addList(
    'operations',
    effects.map((row) => JSON.stringify(toEffect(row))),
  );
  chunks.push(
    `,${JSON.stringify({ trialBalance: trialBalance({ store }), ...doubled(store), truncated }).slice(1)}`,
  );
  return chunks;
}

function documentTexts(store: ErpStore, kind: DocumentKind, limit: number): string[] {
  if (kind !== 'journal_entry') {
    return store
      .rows('SELECT doc FROM documents WHERE kind = ? ORDER BY seq LIMIT ?', kind, limit)
      .map(docOf);
  }
  // Told from the lines as stored, not from what the posting rule believed: the flag is the proof.
  const query = `SELECT doc, (SELECT sum(debit) = sum(credit) FROM journal_lines WHERE entry_seq = seq) AS balanced
                 FROM documents WHERE kind = 'journal_entry' ORDER BY seq LIMIT ?`;
  return store
    .rows(query, limit)
    .map((row) => `${docOf(row).slice(0, -1)},"balanced":${row.balanced === 1}}`);
}

const docOf = (row: Record<string, SqlStorageValue>): string => String(row.doc);

function stockTexts(store: ErpStore): string[] {
  return store.rows('SELECT * FROM stock ORDER BY sku, location').map((row) => {
    const [onHand, reserved] = [Number(row.on_hand), Number(row.reserved)];
    const quantities = { onHand: formatQuantity(onHand), reserved: formatQuantity(reserved) };
    const available = formatQuantity(onHand - reserved);
    return JSON.stringify({ sku: row.sku, location: row.location, ...quantities, available });
  });
}
