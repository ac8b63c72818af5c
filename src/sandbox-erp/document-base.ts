// What every document of the sandbox ERP has.
// Pure data.

export type DocumentBase = {
  /** Unique in the whole ERP: `ord_12`. */
  readonly documentId: string;
  /** For people: `SO00012`, `INV/2026/00003`. */
  readonly documentNumber: string;
  readonly state: string;
  /** The caller's key. Searchable and deliberately not unique: a caller that does a thing twice is seen doing it. */
  readonly relayKey: string | null;
  readonly createdAt: string;
};
