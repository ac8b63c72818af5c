// Entry of the sandbox ERP, a Worker of its own that stands beside the relay like any ERP would.
// Reads the request, makes one call to the object, and sends the answer, late or broken off where a fault says so.
// Never part of a production bundle.

import type { ErpCall, ErpReply } from './gateway.ts';
import type { SandboxErpEnv } from './sandbox-erp-object.ts';

export { SandboxErpObject } from './sandbox-erp-object.ts';

/** 1 MiB: an order of 500 lines is a tenth of it. */
const MAX_BODY_BYTES = 1_048_576;

/** The one object that is the whole ERP. */
const OBJECT_NAME = 'sandbox';

const JSON_HEADERS = { 'content-type': 'application/json' };

function refusal(status: number, code: string, message: string): Response {
  return Response.json({ error: { code, message } }, { status });
}

/**
 * Where the control API may be asked from: a loopback name, a reserved test name, or a name without a dot (a service
 * binding). A web page that points a domain of its own at this machine does not get through.
 */
function isControlHost(hostname: string): boolean {
  if (hostname === '127.0.0.1' || hostname === '[::1]' || !hostname.includes('.')) return true;
  return hostname.endsWith('.localhost') || hostname.endsWith('.test');
}

async function readBody(request: Request): Promise<string | null> {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) return null;
  const body = await request.text();
  return body.length > MAX_BODY_BYTES ? null : body;
}

async function toErpCall(request: Request, url: URL, body: string): Promise<ErpCall> {
  const authorization = request.headers.get('authorization') ?? '';
  const token = /^bearer (\S+)$/i.exec(authorization)?.[1] ?? null;
  const idempotencyKey = request.headers.get('idempotency-key');
  const bodyDigest = idempotencyKey === null ? null : await digest(body);
  const query = Object.fromEntries(url.searchParams);
  return { method: request.method, path: url.pathname, query, token, idempotencyKey, bodyDigest, body };
}

async function digest(body: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(body));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function toResponse({ status, headers, body, delayMs, cut }: ErpReply): Promise<Response> {
  if (delayMs > 0) await scheduler.wait(delayMs);
  return new Response(cut ? brokenBody(body) : body, { status, headers: { ...JSON_HEADERS, ...headers } });
}

/** Sends the first half and breaks off, as a connection that is lost does. */
function brokenBody(body: string): ReadableStream {
  const bytes = new TextEncoder().encode(body);
  const half = bytes.subarray(0, Math.ceil(bytes.byteLength / 2));
  let sent = false;
  return new ReadableStream({
    pull(controller) {
      if (sent) controller.error(new Error('connection cut by a fault switch'));
      else controller.enqueue(half);
      sent = true;
    },
  });
}

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const erp = env.ERP.getByName(OBJECT_NAME);
    if (url.pathname === '/')
      return Response.json({ name: 'sandbox ERP', api: '/api', login: '/auth/token', control: '/sandbox' });
    if (url.pathname === '/sandbox' || url.pathname.startsWith('/sandbox/')) {
      if (!isControlHost(url.hostname))
        return refusal(403, 'control_refused', 'The control API answers on loopback only.');
      return erp.fetch(request);
    }
    const body = await readBody(request);
    if (body === null) return refusal(413, 'body_too_large', `A body may have ${MAX_BODY_BYTES} bytes.`);
    return toResponse(await erp.call(await toErpCall(request, url, body)));
  },
} satisfies ExportedHandler<SandboxErpEnv>;
