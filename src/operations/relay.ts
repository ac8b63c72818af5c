// The relay's own operation: goes the whole way and does nothing, so that a deployed relay can be checked end to end.
// May have no effect on any ERP; the loopback target runs it.

import * as z from 'zod';
import { expectEqual } from './compare.ts';
import { defineOperation } from './define-operation.ts';
import { documentFields, idField } from './fields.ts';

/** Echoes a note. The subject is the note. */
export const relaySmoke = defineOperation({
  name: 'relay.smoke',
  version: 1,
  requires: [],
  repeats: 'per_subject',
  replacesState: false,
  keyFields: ['note'],
  input: z.strictObject({ note: idField }),
  output: z.object({ ...documentFields, note: z.string() }),
  identify: ({ note }) => ({ subject: note }),
  compare: (smoke, document) => expectEqual('note', smoke.note, document.note),
});
