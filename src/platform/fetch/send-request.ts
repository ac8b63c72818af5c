// One HTTP call to an ERP: time-out, size cap, no redirect followed, and a record of it without anything secret.
// Knows nothing of tokens, leases or operations.

import type { Exchange } from '../../core/delivery.ts';
import type { ErpCallFailure, ErpRequest, ErpResponse } from '../../core/erp.ts';
import type { JsonValue } from '../../core/json.ts';
import { limits } from '../../core/limits.ts';
import type { Clock } from '../../pipeline/ports.ts';

export type SentRequest = { readonly answer: ErpResponse | ErpCallFailure; readonly exchange: Exchange };

export async function sendRequest(
  request: ErpRequest,
  options: {
    readonly url: URL;
    readonly headers: Readonly<Record<string, string>>;
    readonly timeoutMs: number;
    readonly clock: Clock;
    /** The body with the token in it, which is sent and not recorded. Absent: the request's own. */
    readonly placed?: JsonValue | undefined;
  },
): Promise<SentRequest> {
  const { clock, url, placed } = options;
  const startedAt = clock.now();
  const body = request.body === undefined ? null : JSON.stringify(request.body);
  const form = request.form === undefined ? null : new URLSearchParams(request.form).toString();
  const sent = placed === undefined ? body : JSON.stringify(placed);
  const answer = await callFetch(request, { ...options, ...contentOf(sent, form) });
  const exchange: Exchange = {
    at: startedAt,
    method: request.method,
    url: url.href,
    requestBody: bounded(body),
    status: answer.kind === 'response' ? answer.status : null,
    responseBody: answer.kind === 'response' ? bounded(answer.text) : null,
    failure: answer.kind === 'response' ? null : answer.message,
    durationMs: clock.now() - startedAt,
  };
  return { answer, exchange };
}

async function callFetch(
  request: ErpRequest,
  options: {
    readonly url: URL;
    readonly headers: Readonly<Record<string, string>>;
    readonly timeoutMs: number;
    readonly body: string | null;
    readonly contentType: string;
    readonly clock: Clock;
  },
): Promise<ErpResponse | ErpCallFailure> {
  const signal = AbortSignal.timeout(options.timeoutMs);
  try {
    const response = await fetch(options.url, {
      method: request.method,
      headers: {
        accept: 'application/json',
        ...(options.body === null ? {} : { 'content-type': options.contentType }),
        ...request.headers,
        ...options.headers,
      },
      ...(options.body === null ? {} : { body: options.body }),
      redirect: 'manual',
      signal,
    });
    const text = await readText(response);
    if (text === null) {
      const message = `the answer is longer than ${limits.maxErpAnswerBytes} bytes`;
      return { kind: 'no_answer', reason: 'answer_too_large', message, lastByteAt: options.clock.now() };
    }
    const headers = Object.fromEntries(response.headers);
    return { kind: 'response', status: response.status, headers, json: parseJson(text), text };
  } catch (error) {
    const lastByteAt = options.clock.now();
    if (signal.aborted) {
      return {
        kind: 'no_answer',
        reason: 'timeout',
        message: `no answer within ${options.timeoutMs} ms`,
        lastByteAt,
      };
    }
    const message = `the connection broke: ${error instanceof Error ? error.message : String(error)}`;
    return { kind: 'no_answer', reason: 'connection_lost', message, lastByteAt };
  }
}

function contentOf(body: string | null, form: string | null) {
  return form === null
    ? { body, contentType: 'application/json' }
    : { body: form, contentType: 'application/x-www-form-urlencoded' };
}

/** Whether the answer says how long it is, as it comes over the wire and as it is: then it cannot turn out longer. */
function fitsAnnounced({ headers }: Response): boolean {
  const length = headers.get('content-length');
  return length !== null && !headers.has('content-encoding') && Number(length) <= limits.maxErpAnswerBytes;
}

/** Null: longer than the limit. A stream costs a tenth of a millisecond more than the whole, so it is for what may be long. */
async function readText(response: Response): Promise<string | null> {
  if (fitsAnnounced(response)) {
    const text = await response.text();
    return text.length > limits.maxErpAnswerBytes ? null : text;
  }
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    if (size > limits.maxErpAnswerBytes) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function bounded(text: string | null): string | null {
  if (text === null || text.length <= limits.maxKeptExchangeChars) return text;
  return `${text.slice(0, limits.maxKeptExchangeChars)}…`;
}
