// A plain ErpConnection over fetch for the adapter's tests: token, one refresh, time-out, and a record of what was sent.
// Shows the least a connection must do; the relay's own has egress rules, fencing and bounds besides.
import type {
  ErpCallFailure,
  ErpConnection,
  ErpRequest,
  ErpResponse,
  ErpSession,
} from '../../../../src/core/erp.ts';

export type TestConnection = ErpConnection & {
  readonly sent: ErpRequest[];
  readonly writeCount: () => number;
};

type Options = {
  readonly url: string;
  readonly session: ErpSession;
  readonly credential: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
};

export function createTestConnection({
  url,
  session,
  credential,
  timeoutMs = 5_000,
}: Options): TestConnection {
  const sent: ErpRequest[] = [];
  let token: string | null = null;
  const exchange = (request: ErpRequest, headers: Readonly<Record<string, string>>) =>
    sendOnce({ url, request, headers, timeoutMs });
  const logIn = async (): Promise<ErpCallFailure | null> => {
    const login = await session.login({ send: (request) => exchange(request, {}) }, credential, Date.now());
    if (login.kind === 'logged_in') token = login.token;
    if (login.kind === 'refused') return { kind: 'unauthorized', message: login.message };
    if (login.kind === 'unavailable') return { kind: 'not_sent', reason: 'stopped', message: login.message };
    return null;
  };
  const send = async (request: ErpRequest): Promise<ErpResponse | ErpCallFailure> => {
    if (token === null) {
      const failure = await logIn();
      if (failure !== null) return failure;
    }
    sent.push(request);
    const answer = await exchange(request, session.authorize(token ?? ''));
    if (answer.kind !== 'response' || !session.isExpired(answer)) return answer;
    const failure = await logIn();
    if (failure !== null) return failure;
    return exchange(request, session.authorize(token ?? ''));
  };
  return { send, sent, writeCount: () => sent.filter((request) => request.write).length };
}

type Exchange = {
  readonly url: string;
  readonly request: ErpRequest;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
};

async function sendOnce({
  url,
  request,
  headers,
  timeoutMs,
}: Exchange): Promise<ErpResponse | ErpCallFailure> {
  const query = new URLSearchParams(request.query).toString();
  try {
    const answer = await fetch(`${url}${request.path}${query === '' ? '' : `?${query}`}`, {
      method: request.method,
      headers: { 'content-type': 'application/json', ...request.headers, ...headers },
      body: request.body === undefined ? null : JSON.stringify(request.body),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await answer.text();
    return {
      kind: 'response',
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      json: parse(text),
      text,
    };
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === 'TimeoutError';
    const reason = isTimeout ? 'timeout' : 'connection_lost';
    return { kind: 'no_answer', reason, message: String(error), lastByteAt: Date.now() };
  }
}

function parse(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
