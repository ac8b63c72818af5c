// A connection to an ERP in which something happens on the way: the answer of one write is lost after the ERP has done it, the ERP
// refuses one and does nothing, or a field of its answers is another one than it was.
import type { ErpConnection, ErpRequest, ErpResponse } from '../../../src/core/erp.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/core/json.ts';
import { timedOut } from '../rest/support/scripted-connection.ts';

export type Intercepted = ErpConnection & {
  /** Writes that were sent. */
  readonly writes: readonly ErpRequest[];
  /** The answer of the write with that number (from 0, counted from now on) is lost. */
  loseAnswerOf(place: number): void;
  /** The next write that fits is answered so, and does nothing. */
  refuseOnce(fits: (request: ErpRequest) => boolean, answer: ErpResponse): void;
  /** Every answer has another value in the fields of that name, or none. */
  changeField(name: string, change: (value: JsonValue) => JsonValue | undefined): void;
};

type Refusing = { readonly fits: (request: ErpRequest) => boolean; readonly answer: ErpResponse };

export function intercept(erp: ErpConnection): Intercepted {
  const writes: ErpRequest[] = [];
  let lost = -1;
  let refusing: Refusing | null = null;
  let changing: ((json: JsonValue) => JsonValue) | null = null;
  const ask = async (request: ErpRequest) => {
    const answer = await erp.send(request);
    if (changing === null || answer.kind !== 'response' || answer.json === undefined) return answer;
    const json = changing(answer.json);
    return { ...answer, json, text: JSON.stringify(json) };
  };
  return {
    writes,
    loseAnswerOf: (place) => {
      lost = writes.length + place;
    },
    refuseOnce: (fits, answer) => {
      refusing = { fits, answer };
    },
    changeField: (name, change) => {
      changing = (json) => changeIn(json, name, change);
    },
    send: async (request) => {
      if (!request.write) return ask(request);
      const place = writes.push(request) - 1;
      if (refusing?.fits(request) === true) {
        const { answer } = refusing;
        refusing = null;
        return answer;
      }
      const answer = await ask(request);
      return place === lost ? timedOut : answer;
    },
  };
}

function changeIn(
  json: JsonValue,
  name: string,
  change: (value: JsonValue) => JsonValue | undefined,
): JsonValue {
  if (Array.isArray(json)) return json.map((item: JsonValue) => changeIn(item, name, change));
  if (!isJsonObject(json)) return json;
  const members = Object.entries(json as JsonObject).flatMap(([key, value]) => {
    const changed = key === name ? change(value as JsonValue) : changeIn(value as JsonValue, name, change);
    return changed === undefined ? [] : [[key, changed] as const];
  });
  return Object.fromEntries(members);
}
