// Stands between the relay and an ERP and passes calls on, unless it is told to interfere: to refuse them, to lose an answer
// after the ERP has committed, or to let something happen between two calls. It changes no byte of what it passes on.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { host } from '../local/ports.ts';

export type ProxiedCall = {
  readonly path: string;
  /** The `method` of a JSON-RPC body, else the empty text. */
  readonly rpc: string;
  readonly body: string;
  /** The header as it came; undefined: none. */
  readonly authorization: string | undefined;
  /** Of all calls, from 1. */
  readonly number: number;
};

export type Interference = {
  /** Before the ERP gets it. `refuse`: the caller gets 503 and the ERP nothing. */
  before?(call: ProxiedCall): Promise<'pass' | 'refuse'>;
  /** When the ERP has answered. `cut`: the caller's connection breaks. */
  after?(
    call: ProxiedCall,
    answer: { readonly status: number; readonly text: string },
  ): Promise<'pass' | 'cut'>;
};

export type ErpProxy = {
  readonly url: string;
  /** JSON-RPC methods in the order of the calls. */
  readonly calls: readonly string[];
  /** How many calls were refused. */
  readonly refusedCount: () => number;
  /** Takes the place of the one before; null: everything passes. */
  interfere(interference: Interference | null): void;
  stop(): Promise<void>;
};

/** @param upstream the ERP's base URL; a path of the proxy is added to it */
export async function startErpProxy(upstream: string): Promise<ErpProxy> {
  const calls: string[] = [];
  let refusedCount = 0;
  let interference: Interference | null = null;
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    const { authorization } = request.headers;
    const path = request.url ?? '/';
    const call = { path, rpc: rpcOf(body), body, authorization, number: calls.length + 1 };
    calls.push(call.rpc);
    if ((await interference?.before?.(call)) === 'refuse') {
      refusedCount += 1;
      response.writeHead(503, { 'content-type': 'text/plain' }).end('The ERP is down.');
      return;
    }
    const answer = await passOn(upstream, request, call);
    if (answer === null || (await interference?.after?.(call, answer)) === 'cut') {
      response.destroy();
      return;
    }
    response.writeHead(answer.status, answer.headers).end(answer.text);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    calls,
    refusedCount: () => refusedCount,
    interfere: (next) => {
      interference = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Null: the ERP broke the connection, or nobody listens. */
async function passOn(upstream: string, request: IncomingMessage, call: ProxiedCall) {
  const { authorization } = call;
  const { 'content-type': type = 'application/json' } = request.headers;
  try {
    const response = await fetch(`${upstream}${call.path}`, {
      method: request.method ?? 'POST',
      headers: { 'content-type': type, ...(authorization === undefined ? {} : { authorization }) },
      ...(call.body === '' ? {} : { body: call.body }),
    });
    const answerType = response.headers.get('content-type') ?? 'text/plain';
    return { status: response.status, text: await response.text(), headers: { 'content-type': answerType } };
  } catch {
    return null;
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
}

function rpcOf(body: string): string {
  try {
    const { method } = JSON.parse(body) as { method?: unknown };
    return typeof method === 'string' ? method : '';
  } catch {
    return '';
  }
}
