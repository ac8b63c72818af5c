// One delivery for a caller without `payloads:read`: raw bodies, headers and what went to the ERP are absent; parsed payloads and
// inputs keep their shape with personal data masked. `redacted` names all of it.

import { type JsonChange, maskChanges } from '../../core/json-changes.ts';
import type { toWireAttempt } from '../to-wire.ts';
import { masked, named, without } from './redact.ts';

type WireAttempt = ReturnType<typeof toWireAttempt>;

type ShownEvent = {
  readonly headers: unknown;
  readonly body: unknown;
  readonly parsed: unknown;
};

type ShownDelivery = {
  readonly redacted: readonly string[];
  readonly event: ShownEvent;
  readonly editedInput: unknown;
  readonly edit: { readonly changes: readonly JsonChange[] | null } | null;
  readonly attempts: readonly WireAttempt[];
};

/** @param personal paths the source declares */
export function withoutPayloads<T extends ShownDelivery>(shown: T, personal: readonly string[]) {
  const { rest: event, redacted: ofEvent } = without(shown.event, ['headers', 'body']);
  const parsed = masked(shown.event.parsed, 'event.parsed', personal);
  const edited = masked(shown.editedInput, 'editedInput');
  const edit = withoutPersonal(shown.edit);
  const attempts = shown.attempts.map(withoutBodies);
  return {
    ...shown,
    event: { ...event, parsed: parsed.value },
    editedInput: edited.value,
    edit: edit.value,
    attempts: attempts.map(({ attempt }) => attempt),
    redacted: named(
      shown.redacted,
      ofEvent.map((name) => `event.${name}`),
      parsed.redacted,
      edited.redacted,
      edit.redacted,
      ...attempts.map(({ redacted }) => redacted),
    ),
  };
}

function withoutPersonal(edit: ShownDelivery['edit']) {
  if (edit === null || edit.changes === null) return { value: edit, redacted: [] };
  const changes = maskChanges(edit.changes);
  const isLess = JSON.stringify(changes) !== JSON.stringify(edit.changes);
  return { value: { ...edit, changes }, redacted: isLess ? ['edit.changes'] : [] };
}

function withoutBodies(attempt: WireAttempt) {
  const input = masked(attempt.input, 'attempts[].input');
  const exchanges = attempt.exchanges.map(({ request, response, ...exchange }) => {
    const { method, url } = request;
    // A search at the ERP may carry a name or an address.
    const [path = '', query] = url.split('?');
    return {
      exchange: {
        ...exchange,
        request: { method, url: path },
        response: response === null ? null : { status: response.status },
      },
      redacted: [
        ...(request.body === null ? [] : ['attempts[].exchanges[].request.body']),
        ...(response?.body == null ? [] : ['attempts[].exchanges[].response.body']),
        ...(query === undefined ? [] : ['attempts[].exchanges[].request.url']),
      ],
    };
  });
  return {
    attempt: { ...attempt, input: input.value, exchanges: exchanges.map(({ exchange }) => exchange) },
    redacted: [...input.redacted, ...exchanges.flatMap(({ redacted }) => redacted)],
  };
}
