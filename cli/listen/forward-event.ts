// One event, as it came, to a program on this machine: its bytes, the headers that are kept, and what the relay knows of it. The
// signature is not among them, for what proves who somebody is is never kept.

import { err, ok, type Result } from '../../src/core/result.ts';
import type { Failure } from '../api/failure.ts';
import { type Relay, whyOf } from '../api/relay-api.ts';
import type { TailItem } from '../api/tail.ts';

export type Forwarded = Pick<TailItem, 'source' | 'eventType' | 'eventId'> & {
  readonly deliveryId: string;
  /** What the program answered; null: nothing. */
  readonly status: number | null;
  readonly durationMs: number;
  readonly message: string | null;
};

/** The longest a program on this machine may take, ms: somebody may stand in a debugger. */
const timeoutMs = 300_000;

/** They belong to the connection the event came by. */
const ofTheConnection =
  /^(host|connection|content-length|transfer-encoding|accept-encoding|expect|te|upgrade|keep-alive|cf-.*)$/i;

export async function forwardEvent(
  relay: Relay,
  { id, source, eventType, eventId }: TailItem,
  address: URL,
): Promise<Result<Forwarded, Failure>> {
  const shown = await relay.call('GET /admin/deliveries/:id', { params: { id } });
  if (!shown.ok) return shown;
  const { headers, body } = shown.value.event;
  if (body === undefined)
    return err({
      kind: 'failed',
      message: 'This key does not see payloads: it needs the scope payloads:read.',
    });
  const base = { source, eventType, eventId, deliveryId: id };
  if (body === null)
    return ok({ ...base, status: null, durationMs: 0, message: 'its body is no longer kept' });
  const kept = Object.entries(headers ?? {}).filter(([name]) => !ofTheConnection.test(name));
  const known = {
    'holdfast-source': source,
    'holdfast-event-id': encodeURIComponent(eventId),
    'holdfast-event-type': encodeURIComponent(eventType),
    'holdfast-delivery-id': id,
  };
  const startedAt = performance.now();
  const tookMs = () => Math.round(performance.now() - startedAt);
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...Object.fromEntries(kept), ...known },
      body: Buffer.from(body.content, body.encoding === 'base64' ? 'base64' : 'utf8'),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return ok({ ...base, status: response.status, durationMs: tookMs(), message: null });
  } catch (error) {
    return ok({ ...base, status: null, durationMs: tookMs(), message: whyOf(error) });
  }
}
