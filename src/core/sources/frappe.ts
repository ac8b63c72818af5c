// Frappe and ERPNext: webhooks of document events, whose body is what the webhook lists as its data. Pure.
// The body is the user's own, so what is read here must be among its fields: the page of this sender says which.

import { hmacScheme } from '../signature/hmac-scheme.ts';
import { frappeRow } from '../signature/schemes.ts';
import type { Entity, OpenTopics, SourcePreset } from '../source.ts';
import { definePreset, toEntity, toKind } from './define-preset.ts';
import { type Read, textAt } from './read-place.ts';
import { okReply, seconds } from './replies.ts';

/** Frappe's doctypes by what the relay calls such things; of an order the shop's id, where the document bears one. */
const orderTypes: ReadonlySet<string> = new Set(['Sales Order', 'Sales Invoice', 'Delivery Note']);

function readEntity(from: Read): Entity | null {
  const doctype = textAt(from, 'doctype');
  const purchase = textAt(from, 'po_no');
  if (doctype !== null && orderTypes.has(doctype) && purchase !== null) return toEntity('order', purchase);
  return toEntity(doctype, textAt(from, 'name'));
}

/** `Sales Order` and `on_submit` → sales_order.on_submit */
function readType(from: Read): string | undefined {
  const kind = toKind(textAt(from, 'doctype') ?? '');
  return kind === '' ? undefined : `${kind}.${textAt(from, 'event') ?? 'changed'}`;
}

/** A day and a time without a zone, which is the site's: whoever names it tells instants, else only the order is known. */
function instantIn(offset: string) {
  return (from: Read): string | undefined => {
    const modified = textAt(from, 'modified');
    if (modified === null) return undefined;
    const written = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(\.\d{1,6})?$/.exec(modified);
    return written === null
      ? modified
      : `${written[1]}T${written[2]}${(written[3] ?? '').slice(0, 4)}${offset}`;
  };
}

/** The document as of one change; of a webhook that does not send `modified`, every arrival counts. */
function readState(from: Read): string {
  return textAt(from, 'modified') ?? from.requestId;
}

/** `utcOffset`: of the site's time zone, e.g. `+05:30`. Default: UTC. Order is the same whatever it is. */
export function frappe(options: { readonly utcOffset?: string } = {}): SourcePreset<OpenTopics> {
  const { utcOffset = 'Z' } = options;
  if (!/^(?:Z|[+-]\d{2}:\d{2})$/.test(utcOffset))
    throw new Error(`"${utcOffset}" must be an offset like +05:30`);
  return definePreset({
    name: 'frappe',
    scheme: hmacScheme(frappeRow),
    // The document as of one change: three tries carry the same.
    id: {
      digest: [{ path: 'doctype' }, { path: 'name' }, { path: 'event' }, { path: 'docstatus' }, readState],
    },
    type: readType,
    entity: readEntity,
    occurredAt: instantIn(utcOffset),
    version: { path: 'modified' },
    reply: okReply,
    delivery: { answerWithinMs: seconds(5), resendsForMs: seconds(60) },
  });
}
