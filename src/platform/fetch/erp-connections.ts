// Connections to targets: egress rule, token, fencing of writes by the lease's deadline, one refresh when the ERP says that
// the session is over. A refused login is reported once and not tried again here: ERPs lock accounts.

import type { TargetSettings } from '../../config.ts';
import type { Exchange } from '../../core/delivery.ts';
import { checkBaseUrl, joinPath } from '../../core/egress.ts';
import type { ErpCallFailure, ErpConnection, ErpRequest, ErpResponse } from '../../core/erp.ts';
import type { TargetDefinition } from '../../core/target.ts';
import type { SpanAttributes } from '../../core/tracing/span.ts';
import type { Clock, ErpConnections, OpenErpConnection } from '../../pipeline/ports.ts';
import type { CallTrace } from '../../pipeline/tracing.ts';
import { sendRequest } from './send-request.ts';
import type { TargetTokens } from './target-tokens.ts';

type Deps = {
  readonly settings: (target: TargetDefinition) => TargetSettings | undefined;
  readonly tokens: TargetTokens;
  /** Under which name the token is kept that a source uses there: the target's, or `{target}@{source}` for its own. */
  readonly holderOf?: (targetId: string, source: string) => Promise<string>;
  readonly clock: Clock;
};

type OpenOptions = Parameters<ErpConnections['open']>[0];

export function createErpConnections(deps: Deps): ErpConnections {
  return { open: (options) => openConnection(deps, options) };
}

function openConnection(deps: Deps, options: OpenOptions): OpenErpConnection {
  const exchanges: Exchange[] = [];
  let lastWriteAt: number | null = null;
  let writeCount = 0;
  let cleared = false;

  /** Whether the call may leave now; a write must be able to end before the lease does. */
  const tooNear = (request: ErpRequest): ErpCallFailure | null => {
    const timeLeftMs = options.deadlineAt - deps.clock.now();
    if (request.write ? timeLeftMs > options.timeoutMs : timeLeftMs > 0) return null;
    const message = `only ${timeLeftMs} ms of the lease are left`;
    return { kind: 'not_sent', reason: 'deadline_too_near', message };
  };
  const clear = async (request: ErpRequest): Promise<ErpCallFailure | null> => {
    const barred = tooNear(request);
    if (barred !== null || !request.write || cleared) return barred;
    if ((await options.beforeFirstWrite()) === 'stop') {
      const message = 'another attempt has the lease, or has ended the delivery';
      return { kind: 'not_sent', reason: 'stopped', message };
    }
    cleared = true;
    // The go-ahead took time of the lease, too.
    return tooNear(request);
  };
  const transmit = async (
    request: ErpRequest,
    url: URL,
    token: string,
  ): Promise<ErpResponse | ErpCallFailure> => {
    if (request.write) {
      writeCount += 1;
      lastWriteAt = deps.clock.now();
    }
    const { session } = options.target.adapter;
    const call = options.trace?.call(toCallAttributes(request, url)) ?? null;
    const { answer, exchange } = await sendRequest(request, {
      url,
      headers: { ...session.authorize(token), ...call?.headers },
      placed: session.place?.(request, token).body,
      timeoutMs: Math.min(options.timeoutMs, Math.max(1, options.deadlineAt - deps.clock.now())),
      clock: deps.clock,
    });
    if (request.write) lastWriteAt = deps.clock.now();
    endCall(call, answer);
    exchanges.push(exchange);
    return answer;
  };
  const send = async (request: ErpRequest): Promise<ErpResponse | ErpCallFailure> => {
    const baseUrl = deps.settings(options.target)?.baseUrl ?? '';
    const base = checkBaseUrl(baseUrl, options.target.network);
    const url = base.ok ? joinPath(base.value, request.path, request.query) : base;
    if (!url.ok) return { kind: 'not_sent', reason: 'egress_refused', message: url.error.message };
    const { id } = options.target;
    const isKnown = options.source !== undefined && deps.holderOf !== undefined;
    const holder = isKnown ? await deps.holderOf(id, options.source) : id;
    const own = holder === id ? {} : { ownCredential: true };
    let stale: string | null = null;
    for (;;) {
      const token = await deps.tokens.get(holder, stale);
      if (token.kind === 'refused') return { kind: 'unauthorized', message: token.message, ...own };
      if (token.kind === 'unavailable') return unreachable(token.message, deps.clock.now());
      const barred = await clear(request);
      if (barred !== null) return barred;
      const writesBefore = { writeCount, lastWriteAt };
      const answer = await transmit(request, url.value, token.token);
      if (answer.kind !== 'response' || !options.target.adapter.session.isExpired(answer)) return answer;
      // Turned away at the door: whatever it was, it did nothing.
      writeCount = writesBefore.writeCount;
      lastWriteAt = writesBefore.lastWriteAt;
      if (stale !== null)
        return { kind: 'unauthorized', message: 'the ERP refused a token it had just given', ...own };
      stale = token.token;
    }
  };
  const erp: ErpConnection = { send };
  return { erp, exchanges, lastWriteAt: () => lastWriteAt, writeCount: () => writeCount };
}

/** The host and no path: in an ERP's paths are numbers of orders and names of customers. */
function toCallAttributes(request: ErpRequest, url: URL): SpanAttributes {
  const scheme = url.protocol.slice(0, -1);
  return {
    'http.request.method': request.method,
    'server.address': url.hostname,
    'server.port': url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port),
    'url.scheme': scheme,
    'holdfast.write': request.write,
  };
}

function endCall(call: CallTrace | null, answer: ErpResponse | ErpCallFailure): void {
  if (answer.kind !== 'response') {
    call?.end({ 'error.type': 'reason' in answer ? answer.reason : answer.kind }, true);
    return;
  }
  const { status } = answer;
  const failed = status >= 400;
  const why = failed ? { 'error.type': String(status) } : {};
  call?.end({ 'http.response.status_code': status, ...why }, failed);
}

/** The login got no answer, so the call itself never left. */
function unreachable(message: string, now: number): ErpCallFailure {
  return { kind: 'no_answer', reason: 'connection_lost', message: `login: ${message}`, lastByteAt: now };
}
