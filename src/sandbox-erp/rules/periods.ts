// Periods: the day something is posted on, and the closing of what lies behind a day.
// A closed period is never opened again here, and takes no posting.

import * as z from 'zod';
import type { PeriodDocument } from '../documents.ts';
import { type Erp, isoDay, isoTime, parseBody } from '../erp.ts';
import { refuse } from '../refusal.ts';
import * as fields from './fields.ts';
import { warn } from './warnings.ts';

const DAY_MS = 86_400_000;

const CLOSED_THROUGH = 'closed_through';

export type WantedDay = {
  /** A day or an instant; absent: today. */
  readonly wanted?: string | null | undefined;
  readonly whenLocked?: 'reject' | 'next_open_day' | null | undefined;
  /** The field to blame. */
  readonly field: string;
};

/** The last closed day, by closing or by the settings; null where none is. */
export function closedThrough(erp: Pick<Erp, 'store' | 'settings'>): string | null {
  const closed = erp.store.note<string>(CLOSED_THROUGH) ?? '';
  const set = erp.settings.closedThrough ?? '';
  return (closed > set ? closed : set) || null;
}

/** The day something is posted on. A closed period refuses it or moves it: as asked, or without a word by the settings. */
export function accountingDate(erp: Erp, { wanted, whenLocked, field }: WantedDay): string {
  const today = isoDay(erp.now);
  const day = wanted === null || wanted === undefined ? today : isoDay(Date.parse(wanted));
  const closed = closedThrough(erp);
  if (closed === null || day > closed) return day;
  if (whenLocked === 'next_open_day') return isoDay(Date.parse(closed) + DAY_MS);
  if (erp.settings.closedPeriod === 'post_today' && today > closed) return today;
  return refuse('period_closed', `The period of ${day} is closed (through ${closed}).`, field);
}

const periodBody = z.object({
  relayKey: fields.relayKeyField,
  through: z.iso.date(),
  acknowledgeWarnings: fields.acknowledgeWarnings,
});

export function closePeriod(erp: Erp, body: unknown): PeriodDocument {
  const { relayKey = null, through, acknowledgeWarnings } = parseBody(periodBody, body);
  const closed = closedThrough(erp);
  if (closed !== null && closed >= through)
    refuse('already_closed', `The books are closed through ${closed}.`, 'through');
  if (through >= isoDay(erp.now)) refuse('period_not_ended', `${through} is not over yet.`, 'through');
  const drafts = erp.store.row(
    `SELECT count(*) AS count FROM documents WHERE kind = 'invoice' AND json_extract(doc, '$.state') = 'draft'
     AND json_extract(doc, '$.invoiceDate') <= ?`,
    through,
  );
  const draftCount = Number(drafts?.count ?? 0);
  if (draftCount > 0) {
    const noun = draftCount === 1 ? '1 draft invoice is' : `${draftCount} draft invoices are`;
    warn(acknowledgeWarnings, 'draft_documents', `${noun} dated in the period.`);
  }
  const period: PeriodDocument = {
    ...erp.store.next('period', 'PER/'),
    ...{ state: 'closed', relayKey, createdAt: isoTime(erp.now), through, closedThrough: through },
  };
  erp.store.insert('period', period);
  erp.store.setNote(CLOSED_THROUGH, through);
  const { documentId } = period;
  const operation = 'period.close';
  erp.store.appendEffect({ at: erp.now, operation, relayKey, documentId, reference: through });
  return period;
}
