// A connection that answers as a test says, and remembers what it was sent. No network: what the adapters of ERPs that do not
// run here are tested with.
import type { ErpCallFailure, ErpConnection, ErpRequest, ErpResponse } from '../../../../src/core/erp.ts';
import type { JsonObject, JsonValue } from '../../../../src/core/json.ts';

type Said = ErpResponse | ErpCallFailure;

export type Scripted = ErpConnection & {
  readonly sent: ErpRequest[];
  readonly writes: () => readonly ErpRequest[];
};

export function scriptedConnection(answer: (request: ErpRequest) => Said): Scripted {
  const sent: ErpRequest[] = [];
  return {
    sent,
    writes: () => sent.filter(({ write }) => write),
    send: async (request) => {
      sent.push(request);
      return answer(request);
    },
  };
}

export function says(
  status: number,
  json?: JsonValue,
  headers: Readonly<Record<string, string>> = {},
): ErpResponse {
  return { kind: 'response', status, headers, json, text: json === undefined ? '' : JSON.stringify(json) };
}

export const timedOut: ErpCallFailure = {
  kind: 'no_answer',
  reason: 'timeout',
  message: 'no answer within 5000 ms',
  lastByteAt: 1_800_000_000_000,
};

export function bodyOf({ body }: ErpRequest): JsonObject {
  return (body ?? {}) as JsonObject;
}
