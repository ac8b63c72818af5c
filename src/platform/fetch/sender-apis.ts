// Senders' APIs, read by enrich steps and reconciliations: exactly the configured host, the token in its header, a time-out, a size
// cap, and every failure as a value. Reads only.

import { listingSettingsId, type SenderApiSettings } from '../../config.ts';
import { checkBaseUrl, joinPath } from '../../core/egress.ts';
import type { EnrichFailure, SenderApi, SenderApiDefinition } from '../../core/enrich.ts';
import type { ErpCallFailure, ErpResponse } from '../../core/erp.ts';
import { limits } from '../../core/limits.ts';
import { parseRetryAfter } from '../../core/parse-retry-after.ts';
import { err, type Result } from '../../core/result.ts';
import { parseJsonBody } from '../../core/sources/parse-json-body.ts';
import type { SenderApis } from '../../pipeline/intake-ports.ts';
import type { Clock } from '../../pipeline/ports.ts';
import { sendRequest } from './send-request.ts';
import { type SenderTokens, workerTokens } from './sender-tokens.ts';

type Deps = {
  /** By source id; of a listing by `listingSettingsId`. */
  readonly settings: ReadonlyMap<string, SenderApiSettings>;
  readonly clock: Clock;
  /** Those set by API; absent: the Worker's alone. */
  readonly tokens?: SenderTokens;
};

export function createSenderApis(deps: Deps): SenderApis {
  const { tokens = workerTokens, clock } = deps;
  const openFor = (
    { id, secret }: { readonly id: string; readonly secret: string },
    definition: SenderApiDefinition | undefined,
    deadlineAt: number,
  ): SenderApi => {
    const settings = deps.settings.get(id);
    if (settings === undefined || definition === undefined)
      return { get: async () => refuse('not_enrichable', `source ${id} has no API configured`) };
    return openApi({ settings, definition, deadlineAt, clock, tokens: tokens(secret, settings.token) });
  };
  return {
    open: ({ id, enrich }, deadlineAt) =>
      openFor({ id, secret: `sender_api/${id}` }, enrich?.api, deadlineAt),
    openListing: ({ id, reconcile }, deadlineAt) =>
      openFor({ id: listingSettingsId(id), secret: `sender_list/${id}` }, reconcile?.api, deadlineAt),
  };
}

type OpenApi = {
  readonly settings: SenderApiSettings;
  readonly definition: SenderApiDefinition;
  readonly deadlineAt: number;
  readonly clock: Clock;
  readonly tokens: ReturnType<SenderTokens>;
};

function openApi({ settings, definition, deadlineAt, clock, tokens }: OpenApi): SenderApi {
  const ask = async (
    url: URL,
    path: string,
    token: string | null,
  ): Promise<Result<unknown, EnrichFailure>> => {
    const timeoutMs = Math.min(definition.timeoutMs, deadlineAt - clock.now());
    if (timeoutMs <= 0) return refuse('timeout', 'the lease of the event is over');
    const headers = token === null ? {} : definition.authorize(token);
    const request = { method: 'GET', path, write: false } as const;
    const { answer } = await sendRequest(request, { url, headers, timeoutMs, clock });
    return toPayload(answer, clock.now());
  };
  return {
    // What the API gives is whatever it is: its type is the step's own word, as with the bodies of webhooks.
    get: async <Payload>(path: string, query?: Readonly<Record<string, string>>) => {
      const base = checkBaseUrl(settings.baseUrl, definition.network);
      const url = base.ok ? joinPath(base.value, path, query) : base;
      if (!url.ok) return refuse('egress_refused', url.error.message);
      const known = await tokens.current();
      if (!known.ok) return known;
      const answered = await ask(url.value, path, known.value);
      if (answered.ok || answered.error.reason !== 'unauthorized')
        return answered as Result<Payload, EnrichFailure>;
      // Changed a moment ago, here or at the sender: one other is tried, and no more.
      const other = await tokens.other(known.value);
      const again = other === null ? answered : await ask(url.value, path, other);
      return again as Result<Payload, EnrichFailure>;
    },
  };
}

function toPayload(answer: ErpResponse | ErpCallFailure, now: number): Result<unknown, EnrichFailure> {
  switch (answer.kind) {
    case 'response':
      return readResponse(answer, now);
    case 'no_answer':
      if (answer.reason === 'answer_too_large') return refuse('too_large', answer.message);
      return refuse(answer.reason === 'timeout' ? 'timeout' : 'unavailable', answer.message);
    case 'not_sent':
      return refuse('egress_refused', answer.message);
    case 'unauthorized':
      return refuse('unauthorized', answer.message);
  }
}

function readResponse(response: ErpResponse, now: number): Result<unknown, EnrichFailure> {
  const { status, text } = response;
  if (status >= 200 && status < 300) {
    if (text.length > limits.maxEnrichAnswerBytes)
      return refuse('too_large', `the answer is longer than ${limits.maxEnrichAnswerBytes} characters`);
    // As the body of a webhook is read: integers no number can hold keep their digits.
    const payload = parseJsonBody(new Uint8Array(new TextEncoder().encode(text)));
    return payload.ok ? payload : refuse('not_json', `the answer ${payload.error.rule}`);
  }
  const wait = parseRetryAfter(response.headers['retry-after'], now);
  const failure: EnrichFailure = { reason: reasonOf(status), message: `the API answered ${status}` };
  return err(wait === null ? failure : { ...failure, retryAfterMs: wait });
}

function reasonOf(status: number): EnrichFailure['reason'] {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 404 || status === 410) return 'not_found';
  if (status === 429) return 'rate_limited';
  return status >= 500 ? 'unavailable' : 'refused';
}

function refuse(reason: EnrichFailure['reason'], message: string): Result<never, EnrichFailure> {
  return err({ reason, message });
}
