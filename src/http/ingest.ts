// POST and GET /hooks/:source: hands the request to the pipeline and writes its answer. One arm, one status.
// A sender that could not prove itself learns nothing but that; the precise reason is in the pipeline's log line.

import type { Context, Hono } from 'hono';
import type { AcceptedReply, Peer } from '../core/source.ts';
import type { AcceptAnswer } from '../pipeline/accept-answer.ts';
import { problem } from './problem.ts';
import type { HttpEnv, HttpServices } from './services.ts';
import { traced } from './traced.ts';

export function routeIngest(app: Hono<HttpEnv>, services: Pick<HttpServices, 'accept' | 'tracing'>): void {
  app.all('/hooks/:source', async (c) => {
    const { method } = c.req;
    if (method !== 'POST' && method !== 'GET') return notAllowed(c, 'GET, POST');
    const { pathname, search } = new URL(c.req.url);
    return traced({ tracing: services.tracing, method, route: '/hooks/:source' }, async (trace) => {
      const answer = await services.accept({
        source: c.req.param('source'),
        method,
        url: pathname + search,
        headers: c.req.raw.headers,
        // Read when it is asked for: the stream is not made where the body is taken whole.
        get body() {
          return c.req.raw.body;
        },
        readWhole: () => c.req.raw.arrayBuffer(),
        contentLength: c.req.header('content-length') ?? null,
        requestId: c.get('requestId'),
        peer: readPeer(c.req.raw),
        trace,
      });
      return toResponse(c, answer);
    });
  });
}

function toResponse(c: Context<HttpEnv>, answer: AcceptAnswer): Response {
  switch (answer.kind) {
    case 'accepted':
      if (answer.reply !== undefined) return toPlainResponse(c, answer.reply);
      return c.json({ events: answer.events.map(({ id, status }) => ({ id, status })) }, 202);
    case 'received': {
      if (answer.reply !== undefined) return toPlainResponse(c, answer.reply);
      const { intake, events } = answer;
      return c.json({ intake, events: events.map(({ id, status }) => ({ id, status })) }, 202);
    }
    case 'handshake':
      return toPlainResponse(c, answer.answer);
    case 'unknown_source':
      return problem(c, 'unknown_source');
    case 'no_handshake':
      return notAllowed(c, 'POST');
    case 'malformed':
      return problem(c, answer.reason === 'headers_too_large' ? 'headers_too_large' : 'unreadable_request');
    case 'body_too_large':
      return problem(c, 'body_too_large', { detail: `At most ${answer.maxBytes} bytes.` });
    case 'unverified':
      if (answer.bare === true) return toPlainResponse(c, { status: 401, contentType: '', body: '' });
      return problem(c, 'unverified', { headers: { 'www-authenticate': 'Signature realm="holdfast"' } });
    case 'unparsable':
      return problem(c, 'unparsable_event', { errors: [{ field: answer.field, rule: answer.rule }] });
    case 'flooded':
      return problem(c, 'too_many_requests', {
        headers: { 'retry-after': String(answer.retryAfterSeconds) },
      });
    case 'unavailable':
      return problem(c, 'temporarily_unavailable', {
        headers: { 'retry-after': String(answer.retryAfterSeconds) },
      });
  }
}

/** What a sender demands, to the byte. An empty body has no type, and a 204 may not have a body at all. */
function toPlainResponse(c: Context<HttpEnv>, answer: AcceptedReply): Response {
  const { body, status, contentType } = answer;
  const headers = { 'x-request-id': c.get('requestId') };
  return body === ''
    ? new Response(null, { status, headers })
    : new Response(body, { status, headers: { ...headers, 'content-type': contentType } });
}

type TlsClientAuth = { readonly certVerified?: unknown; readonly certFingerprintSHA256?: unknown };

/**
 * The edge sets the header itself and takes out what a caller sent under its name; the certificate is told by the
 * runtime and by no header. On a machine of one's own neither is there, or the header is whatever the caller says.
 */
function readPeer(request: Request): Peer {
  const address = request.headers.get('cf-connecting-ip');
  const { cf } = request as { readonly cf?: { readonly tlsClientAuth?: TlsClientAuth } };
  const { certVerified, certFingerprintSHA256: fingerprint } = cf?.tlsClientAuth ?? {};
  const presented = typeof fingerprint === 'string' && fingerprint !== '';
  return {
    address,
    certificate: presented
      ? { verified: certVerified === 'SUCCESS', fingerprintSha256: fingerprint.toLowerCase() }
      : null,
  };
}

function notAllowed(c: Context<HttpEnv>, allow: string): Response {
  return problem(c, 'method_not_allowed', { detail: `Allowed: ${allow}.`, headers: { allow } });
}
