// GET /admin/deliveries and /admin/deliveries/:id: search, and everything about one.

import type { Hono } from 'hono';
import * as z from 'zod';
import { delivery, deliveryDetail } from '../contract/delivery-answers.ts';
import { problem } from '../problem.ts';
import type { HttpEnv } from '../services.ts';
import { toWireDelivery } from '../to-wire.ts';
import { cursorField, formatCursor } from './cursor.ts';
import { filterFields, hasOneKey, listFields, oneKey, pageLimit, toFilter } from './filter.ts';
import { listDeliveries } from './list-deliveries.ts';
import { fieldsOf, selectFields } from './select-fields.ts';
import { showDelivery } from './show-delivery.ts';
import { validQuery } from './validate.ts';

export const deliveriesQuery = z
  .strictObject({
    ...filterFields,
    ...listFields,
    limit: pageLimit,
    cursor: cursorField.optional(),
    fields: fieldsOf(delivery).optional(),
  })
  .refine(hasOneKey, oneKey);

export const deliveryQuery = z.strictObject({ fields: fieldsOf(deliveryDetail).optional() });

export function routeDeliveries(app: Hono<HttpEnv>): void {
  app.get('/admin/deliveries', validQuery(deliveriesQuery), async (c) => {
    const { limit, cursor, fields, record, document, ...given } = c.req.valid('query');
    const caller = c.get('caller');
    const named = await toFilter(c.get('services'), given);
    if (named === null) return problem(c, 'not_found', { detail: 'There is no such issue.' });
    const page = await listDeliveries(c.get('services'), {
      filter: {
        ...named,
        ...(record === undefined ? {} : { record }),
        ...(document === undefined ? {} : { document }),
      },
      cursor: cursor === undefined ? null : { receivedAt: cursor.at, id: cursor.id },
      limit,
    });
    const { next } = page;
    return c.json({
      deliveries: page.views.map((view) => selectFields(toWireDelivery(view, caller), fields)),
      nextCursor: next === null ? null : formatCursor({ at: next.receivedAt, id: next.id }),
      journal: page.journal,
    });
  });

  app.get('/admin/deliveries/:id', validQuery(deliveryQuery), async (c) => {
    const { fields } = c.req.valid('query');
    const shown = await showDelivery(c.get('services'), c.req.param('id'), c.get('caller'));
    return shown.kind === 'shown' ? c.json(selectFields(shown.body, fields)) : problem(c, shown.kind);
  });
}
