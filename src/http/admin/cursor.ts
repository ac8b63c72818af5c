// List cursors: the place after which a page begins, as opaque base64url text. Opaque so that it may change; checked, for
// it comes back from outside.

import * as z from 'zod';
import { trimEnd } from '../../core/trim-end.ts';

export type Place = { readonly at: number; readonly id: string };

const placeSchema = z.tuple([z.int().min(0), z.string().min(1).max(64)]);

export function formatCursor(place: Place): string {
  const text = JSON.stringify([place.at, place.id]);
  return trimEnd(btoa(text).replaceAll('+', '-').replaceAll('/', '_'), '=');
}

/** Ids are ASCII, so the text is its own bytes. */
export const cursorField = z
  .string()
  .max(256)
  .transform((text, context): Place => {
    const place = placeSchema.safeParse(decode(text));
    if (place.success) return { at: place.data[0], id: place.data[1] };
    context.issues.push({ code: 'custom', message: 'must be a cursor of an earlier page', input: text });
    return z.NEVER;
  });

function decode(text: string): unknown {
  try {
    return JSON.parse(atob(text.replaceAll('-', '+').replaceAll('_', '/')));
  } catch {
    return null;
  }
}
