// Answers that Tryton 6.0.29 really gave, as fixtures, and a connection that gives them again in their order: a request that
// differs from the recorded one fails the test.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErpCallFailure, ErpConnection, ErpResponse } from '../../../../src/core/erp.ts';
import { isJsonObject, type JsonValue } from '../../../../src/core/json.ts';

const directory = join(import.meta.dirname, '../fixtures');

export type RecordedAnswer = {
  readonly name: string;
  readonly method: string;
  readonly status: number;
  readonly text: string;
};

export type Conversation = {
  readonly input: JsonValue;
  readonly key: string;
  readonly exchanges: readonly {
    readonly request: { readonly method: string; readonly params: JsonValue };
    readonly status: number;
    readonly text: string;
  }[];
};

const readFixture = (name: string): unknown => JSON.parse(readFileSync(join(directory, name), 'utf8'));

export const recordedAnswers = readFixture('answers.json') as readonly RecordedAnswer[];
export const recordedSale = readFixture('sale-confirm.json') as Conversation;

export function toResponse({
  status,
  text,
}: {
  readonly status: number;
  readonly text: string;
}): ErpResponse {
  return { kind: 'response', status, headers: {}, json: parse(text), text };
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

export type Replayed = ErpConnection & {
  readonly sent: readonly string[];
  readonly unexpected: readonly string[];
};

/**
 * @param lostAt the exchange (from 0) whose answer is lost: the connection breaks, as with a server that was killed
 */
export function replay({ exchanges }: Conversation, lostAt: number | null = null): Replayed {
  const sent: string[] = [];
  const unexpected: string[] = [];
  return {
    sent,
    unexpected,
    send: async ({ body }): Promise<ErpResponse | ErpCallFailure> => {
      const place = sent.length;
      const { method = '', params = null } = isJsonObject(body) ? body : {};
      sent.push(String(method));
      const recorded = exchanges[place];
      const isSame =
        recorded?.request.method === method &&
        JSON.stringify(recorded.request.params) === JSON.stringify(params);
      if (recorded === undefined || !isSame) unexpected.push(JSON.stringify({ method, params }));
      if (recorded === undefined || place === lostAt) {
        return { kind: 'no_answer', reason: 'connection_lost', message: 'cut', lastByteAt: 0 };
      }
      return toResponse(recorded);
    },
  };
}
