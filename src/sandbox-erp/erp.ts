// What every rule of the sandbox ERP is given: the store, the time, the settings and the SKUs a fault makes invalid.
// May not hold state of its own: one is made for each call, inside its transaction.

import * as z from 'zod';
import type { ErpStore } from './erp-store.ts';
import { Refusal, type RefusedField, refuseFields } from './refusal.ts';

/** The parts of the ERP. Each is a module that can be off and a scope that a key can hold. */
export const ERP_AREAS = [
  'sales',
  'invoicing',
  'payments',
  'stock',
  'customers',
  'accounting',
  'purchasing',
  'pricing',
] as const;

export type ErpArea = (typeof ERP_AREAS)[number];

/** The currency stock is valued in. */
export const COMPANY_CURRENCY = 'EUR';

/** Where stock is kept when a request names no location. */
export const DEFAULT_LOCATION = 'MAIN';

export const erpSettings = z.strictObject({
  /** An unknown SKU becomes an uncatalogued product; false: `unknown_sku`, as most ERPs answer. */
  autoCreateProducts: z.boolean().default(true),
  /** A receipt may name a purchase order the ERP never issued; false: `unknown_purchase_order`. */
  acceptUnknownPurchaseOrders: z.boolean().default(true),
  /** Nothing is posted on or before this day; null: no period is closed. */
  closedThrough: z.iso.date().nullable().default(null),
  /** `post_today` moves a posting out of a closed period without a word, as some ERPs do. */
  closedPeriod: z.enum(['refuse', 'post_today']).default('refuse'),
  /** `by_hand`: a payment stands open beside its invoice until the two are reconciled. */
  reconcilePayments: z.enum(['at_once', 'by_hand']).default('at_once'),
  /** `warn`: a receipt without a purchase order raises `receipt_without_order`, which must be acknowledged. */
  receiptWithoutOrder: z.enum(['accept', 'warn']).default('accept'),
  /** Closing a period is a job that takes this long. 250 ms: long enough to be polled for, short enough to wait for. */
  periodCloseMs: z.int().min(0).max(600_000).default(250),
  /** Members of an order's body that this company has made compulsory, e.g. `orderedAt`. */
  mandatoryOrderFields: z.array(z.string().max(100)).max(20).default([]),
  /** Seconds a token lives. 300: short enough that a run of some minutes sees tokens end. */
  tokenTtlSeconds: z.int().min(1).max(86_400).default(300),
  /** Seconds a key stays locked after six failed logins. 60: a test can wait for it, a guesser cannot use it. */
  lockoutSeconds: z.int().min(1).max(86_400).default(60),
  /** Added to the ERP's clock, so that expiry can be seen without waiting for it. */
  clockOffsetMs: z.int().default(0),
});

export type ErpSettings = z.infer<typeof erpSettings>;

export type Erp = {
  readonly store: ErpStore;
  /** Epoch ms, the ERP's own clock. */
  readonly now: number;
  readonly settings: ErpSettings;
  readonly invalidSkus: readonly string[];
  readonly modulesOff: readonly ErpArea[];
};

/** Refuses where a rule needs a module that is off. */
export function requireModule({ modulesOff }: Pick<Erp, 'modulesOff'>, area: ErpArea): void {
  if (!modulesOff.includes(area)) return;
  // 404, as of a route that was never installed: only the code says what it is.
  throw new Refusal({
    status: 404,
    code: 'module_disabled',
    message: `The module ${area} is not installed.`,
  });
}

export const isoTime = (epochMs: number): string => new Date(epochMs).toISOString();

/** The UTC day of an instant. */
export const isoDay = (epochMs: number): string => isoTime(epochMs).slice(0, 10);

/** Parses a request body; what does not fit is refused with the path and rule of every field at fault. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(
    (issue): RefusedField => ({
      field: fieldPath(issue.path),
      code: 'invalid_field',
      message: issue.message,
    }),
  );
  return refuseFields(fields);
}

/** `['lines', 2, 'quantity']` → `lines[2].quantity`. */
function fieldPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}
