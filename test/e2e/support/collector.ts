// A collector of traces and a listener in front of the ERP, both of a test: what was exported, as spans in a flat list, and which
// trace headers each call to the ERP brought.

import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

type Value = { readonly stringValue?: string; readonly intValue?: string; readonly boolValue?: boolean };

export type ReceivedSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status?: { readonly code: number };
  readonly attributes: readonly { readonly key: string; readonly value: Value }[];
};

type ExportBody = {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly ReceivedSpan[] }[];
  }[];
};

export type Collector = Awaited<ReturnType<typeof startCollector>>;

export async function startCollector() {
  const spans: ReceivedSpan[] = [];
  const bodies: string[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      if (request.url !== '/v1/traces' || request.method !== 'POST') {
        response.writeHead(404).end();
        return;
      }
      headers.push(request.headers);
      bodies.push(body);
      for (const { scopeSpans } of (JSON.parse(body) as ExportBody).resourceSpans)
        spans.push(...scopeSpans.flatMap((scope) => scope.spans));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"partialSuccess":{}}');
    });
  });
  return { url: await listen(server), spans, bodies, headers, stop: () => stop(server) };
}

export type ErpCall = {
  readonly method: string;
  readonly path: string;
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
};

export type ErpListener = Awaited<ReturnType<typeof startErpListener>>;

/** Passes everything on to where `upstream` says, but for the next `refuse` writes, which it answers 503 itself. */
export async function startErpListener(upstream: () => string) {
  const calls: ErpCall[] = [];
  let refusals = 0;
  const server = createServer((request, response) => {
    const { method = 'GET', url = '/' } = request;
    const { traceparent, tracestate } = request.headers;
    calls.push({
      ...{ method, path: url, traceparent: textOf(traceparent), tracestate: textOf(tracestate) },
    });
    void readBody(request).then(
      async (body) => {
        if (refusals > 0 && method === 'POST' && url.startsWith('/api/')) {
          refusals -= 1;
          response.writeHead(503).end('away');
          return;
        }
        const headers = Object.entries(request.headers).flatMap(([name, value]) =>
          typeof value === 'string' && !unforwarded.has(name) ? [[name, value] as [string, string]] : [],
        );
        const init = { method, headers, ...(body === '' ? {} : { body }) };
        const answer = await fetch(`${upstream()}${url}`, init);
        const type = answer.headers.get('content-type') ?? 'text/plain';
        response.writeHead(answer.status, { 'content-type': type }).end(await answer.text());
      },
      () => response.destroy(),
    );
  });
  const refuse = (count: number): void => {
    refusals = count;
  };
  return { url: await listen(server), calls, refuse, stop: () => stop(server) };
}

const unforwarded = new Set(['host', 'connection', 'content-length', 'transfer-encoding']);

function textOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
