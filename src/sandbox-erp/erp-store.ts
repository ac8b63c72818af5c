// The sandbox ERP's tables: documents as JSON beside the columns they are found by, stock on hand, the effect log.
// Every look-up is indexed, so that tens of thousands of documents stay as fast as ten.
// May not know a business rule, and opens no transaction: the caller holds it.

import type { DocumentByKind, DocumentKind, Effect } from './documents.ts';

type KindEntry = {
  readonly prefix: string;
  /** The caller's own id of the document, by which it is found. */
  readonly reference: string;
};

const KINDS: Readonly<Record<DocumentKind, KindEntry>> = {
  order: { prefix: 'ord', reference: 'orderId' },
  invoice: { prefix: 'inv', reference: 'orderId' },
  payment: { prefix: 'pay', reference: 'paymentId' },
  credit_note: { prefix: 'crn', reference: 'refundId' },
  shipment: { prefix: 'shp', reference: 'shipmentId' },
  return: { prefix: 'ret', reference: 'returnId' },
  reconciliation: { prefix: 'rec', reference: 'paymentId' },
  price: { prefix: 'prc', reference: 'sku' },
  period: { prefix: 'per', reference: 'through' },
  receipt: { prefix: 'rcp', reference: 'receiptId' },
  adjustment: { prefix: 'adj', reference: 'sku' },
  purchase_order: { prefix: 'pur', reference: 'purchaseOrder' },
  stock_move: { prefix: 'mov', reference: 'sourceId' },
  customer: { prefix: 'cus', reference: 'customerId' },
  product: { prefix: 'prd', reference: 'sku' },
  journal_entry: { prefix: 'jrn', reference: 'sourceId' },
};

const SCHEMA = `
CREATE TABLE IF NOT EXISTS documents (
  kind TEXT NOT NULL, seq INTEGER NOT NULL, number TEXT NOT NULL, relay_key TEXT, reference TEXT, doc TEXT NOT NULL,
  PRIMARY KEY (kind, seq)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS documents_by_relay_key ON documents (kind, relay_key) WHERE relay_key IS NOT NULL;
CREATE INDEX IF NOT EXISTS documents_by_reference ON documents (kind, reference) WHERE reference IS NOT NULL;
CREATE INDEX IF NOT EXISTS documents_by_number ON documents (kind, number);
CREATE TABLE IF NOT EXISTS journal_lines (
  entry_seq INTEGER NOT NULL, line INTEGER NOT NULL, account TEXT NOT NULL, currency TEXT NOT NULL,
  debit INTEGER NOT NULL, credit INTEGER NOT NULL, PRIMARY KEY (entry_seq, line)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stock (
  sku TEXT NOT NULL, location TEXT NOT NULL, on_hand INTEGER NOT NULL, reserved INTEGER NOT NULL,
  PRIMARY KEY (sku, location)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS effects (
  number INTEGER PRIMARY KEY, at INTEGER NOT NULL, operation TEXT NOT NULL, relay_key TEXT, document_id TEXT NOT NULL,
  reference TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS effects_by_relay_key ON effects (relay_key, operation) WHERE relay_key IS NOT NULL;
CREATE TABLE IF NOT EXISTS series (name TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answers (
  key TEXT PRIMARY KEY, digest TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL, expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS jobs (number INTEGER PRIMARY KEY, due_at INTEGER, job TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS keys (key_id TEXT PRIMARY KEY, secret TEXT NOT NULL, scopes TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tokens (
  token TEXT PRIMARY KEY, key_id TEXT NOT NULL, scopes TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS login_failures (key_id TEXT PRIMARY KEY, count INTEGER NOT NULL, locked_until INTEGER NOT NULL
) WITHOUT ROWID;
`;

/** What a reset empties. Keys and tokens stay, so that a caller goes on without a new login. */
const CLEARED_BY_RESET = [
  'documents',
  'journal_lines',
  'stock',
  'effects',
  'series',
  'answers',
  'jobs',
  'notes',
  'login_failures',
];

export type StockLevel = {
  readonly sku: string;
  readonly location: string;
  readonly onHand: number;
  readonly reserved: number;
};

type Row = Record<string, SqlStorageValue>;

export class ErpStore {
  readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    sql.exec(SCHEMA);
  }

  clear(): void {
    for (const table of CLEARED_BY_RESET) this.sql.exec(`DELETE FROM ${table}`);
  }

  /** The next document id and, in the named series, the next number. */
  next(kind: DocumentKind, series: string, digits = 5): { documentId: string; documentNumber: string } {
    const row = this.row('SELECT max(seq) AS seq FROM documents WHERE kind = ?', kind);
    const seq = Number(row?.seq ?? 0) + 1;
    const counter = this.row(
      'INSERT INTO series (name, last) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET last = last + 1 RETURNING last',
      series,
    );
    const documentNumber = series + String(counter?.last).padStart(digits, '0');
    return { documentId: `${KINDS[kind].prefix}_${seq}`, documentNumber };
  }

  insert<K extends DocumentKind>(kind: K, document: DocumentByKind[K]): void {
    const reference = (document as unknown as Record<string, string | null>)[KINDS[kind].reference] ?? null;
    this.sql.exec(
      'INSERT INTO documents (kind, seq, number, relay_key, reference, doc) VALUES (?, ?, ?, ?, ?, ?)',
      ...[kind, sequenceOf(document.documentId), document.documentNumber, document.relayKey, reference],
      JSON.stringify(document),
    );
  }

  update<K extends DocumentKind>(kind: K, document: DocumentByKind[K]): void {
    this.sql.exec(
      'UPDATE documents SET relay_key = ?, doc = ? WHERE kind = ? AND seq = ?',
      ...[document.relayKey, JSON.stringify(document), kind, sequenceOf(document.documentId)],
    );
  }

  get<K extends DocumentKind>(kind: K, documentId: string): DocumentByKind[K] | null {
    if (!documentId.startsWith(`${KINDS[kind].prefix}_`)) return null;
    const row = this.row(
      'SELECT doc FROM documents WHERE kind = ? AND seq = ?',
      kind,
      sequenceOf(documentId),
    );
    return row === null ? null : JSON.parse(String(row.doc));
  }

  /** Documents found by one indexed column, oldest first, at most `limit`. */
  find<K extends DocumentKind>(
    kind: K,
    by: { column: 'relay_key' | 'reference' | 'number'; value: string },
    limit: number,
  ): DocumentByKind[K][] {
    // The planner would rather walk the whole kind in the order asked for than search: the index is named.
    const from = `documents INDEXED BY documents_by_${by.column}`;
    const query = `SELECT doc FROM ${from} WHERE kind = ? AND ${by.column} = ? ORDER BY seq LIMIT ?`;
    return this.rows(query, kind, by.value, limit).map((row) => JSON.parse(String(row.doc)));
  }

  /** The newest first. */
  newest<K extends DocumentKind>(kind: K, limit: number): DocumentByKind[K][] {
    const query = 'SELECT doc FROM documents WHERE kind = ? ORDER BY seq DESC LIMIT ?';
    return this.rows(query, kind, limit).map((row) => JSON.parse(String(row.doc)));
  }

  /** The oldest document with that reference of the caller's. */
  byReference<K extends DocumentKind>(kind: K, reference: string): DocumentByKind[K] | null {
    return this.find(kind, { column: 'reference', value: reference }, 1)[0] ?? null;
  }

  stockLevel(sku: string, location: string): StockLevel {
    const row = this.row('SELECT on_hand, reserved FROM stock WHERE sku = ? AND location = ?', sku, location);
    return { sku, location, onHand: Number(row?.on_hand ?? 0), reserved: Number(row?.reserved ?? 0) };
  }

  /** Adds to what is on hand and reserved, in units of 1/10,000. */
  addStock(at: { sku: string; location: string }, change: { onHand?: number; reserved?: number }): void {
    this.sql.exec(
      `INSERT INTO stock (sku, location, on_hand, reserved) VALUES (?, ?, ?, ?)
       ON CONFLICT (sku, location) DO UPDATE SET on_hand = on_hand + excluded.on_hand, reserved = reserved + excluded.reserved`,
      ...[at.sku, at.location, change.onHand ?? 0, change.reserved ?? 0],
    );
  }

  appendEffect(effect: Omit<Effect, 'number' | 'at'> & { at: number }): void {
    this.sql.exec(
      'INSERT INTO effects (at, operation, relay_key, document_id, reference) VALUES (?, ?, ?, ?, ?)',
      ...[effect.at, effect.operation, effect.relayKey, effect.documentId, effect.reference],
    );
  }

  note<T>(name: string): T | null {
    const row = this.row('SELECT value FROM notes WHERE name = ?', name);
    return row === null ? null : (JSON.parse(String(row.value)) as T);
  }

  setNote(name: string, value: unknown): void {
    this.sql.exec(
      'INSERT INTO notes (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      ...[name, JSON.stringify(value)],
    );
  }

  row(query: string, ...bindings: SqlStorageValue[]): Row | null {
    const result = this.sql.exec(query, ...bindings).next();
    return result.done === true ? null : result.value;
  }

  rows(query: string, ...bindings: SqlStorageValue[]): Row[] {
    return this.sql.exec(query, ...bindings).toArray();
  }
}

/** The number at the end of a document id; 0, which no document has, where there is none. */
export function sequenceOf(documentId: string): number {
  const sequence = Number(documentId.slice(documentId.lastIndexOf('_') + 1));
  return Number.isSafeInteger(sequence) ? sequence : 0;
}
