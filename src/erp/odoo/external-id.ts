// External ids of what the relay makes in Odoo: the same key gives the same id, and a second `load` the same record. Pure.

import { sha256Hex } from '../../core/sha256.ts';

/** External ids hold letters, digits and underscores; keys hold anything. 96 bits: no two meet. */
export function digest(text: string): string {
  return sha256Hex(text).slice(0, 24);
}
