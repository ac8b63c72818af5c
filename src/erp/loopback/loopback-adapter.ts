// The loopback "ERP": answers with a document made of the call itself. No network, no effect; for `relay.smoke` only.
// Level `proven`, once `native_key`: the same key gives the same document, however often it is asked.

import type { ErpAdapter, ErpCall, OperationHandler } from '../../core/erp.ts';
import type { JsonValue } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { relaySmoke } from '../../operations/index.ts';

type Smoke = typeof relaySmoke;

/** The token is never sent, for there is nobody to send it to; ms it is said to live: a day. */
const tokenLifeMs = 86_400_000;

function toDocument({ key, input }: ErpCall<InputOf<Smoke>>): JsonValue {
  return { documentId: `loopback:${key}`, documentNumber: input.note, state: 'done', note: input.note };
}

const echo: OperationHandler<Smoke> = {
  // Nothing is ever left half done or unknown: what a doubtful attempt would have made can be said at once.
  lookup: async (call) => ({ kind: 'found', answer: toDocument(call) }),
  perform: async (call) => ({ kind: 'performed', answer: toDocument(call) }),
  verify: async (_call, answer) => ({ kind: 'verified', output: answer }),
};

export const loopbackAdapter = {
  name: 'loopback',
  version: '1.0.0',
  level: 'proven',
  once: 'native_key',
  credentialFields: [],
  session: {
    login: async (_erp, _credential, now) => ({
      kind: 'logged_in',
      token: 'loopback',
      expiresAt: now + tokenLifeMs,
    }),
    authorize: () => ({}),
    isExpired: () => false,
  },
  operations: { 'relay.smoke': echo },
} as const satisfies ErpAdapter;
