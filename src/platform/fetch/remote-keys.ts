// Reads senders' key documents over https: the address is checked before anything is sent, no redirect is followed, time
// and size are bounded, and what was found, or not found, is kept for a while. One per isolate; it shares no promise
// between requests, for the runtime lets none wait for another one's I/O.

import { limits } from '../../core/limits.ts';
import { err, ok, type Result } from '../../core/result.ts';
import {
  allowedAddress,
  type KeyDocument,
  type RemoteKeyFailure,
  type RemoteKeys,
} from '../../core/signature/remote-keys.ts';
import type { Clock } from '../../pipeline/ports.ts';

type Read = Result<string, RemoteKeyFailure>;
type Kept = {
  readonly read: Read;
  /** When it was fetched, epoch ms. */
  readonly at: number;
  readonly until: number;
};

export type RemoteKeyBounds = Readonly<Record<BoundName, number>>;

type BoundName = Extract<
  keyof typeof limits,
  | 'keyFetchTimeoutMs'
  | 'maxKeyDocumentBytes'
  | 'maxKeptKeyDocuments'
  | 'unknownKeyMs'
  | 'unreachableKeyMs'
  | 'keyRefreshPauseMs'
  | 'maxKeyFetchesPerMinute'
>;

export function createRemoteKeys(options: {
  readonly clock: Pick<Clock, 'now'>;
  readonly bounds?: RemoteKeyBounds;
}): RemoteKeys {
  const { clock, bounds = limits } = options;
  const kept = new Map<string, Kept>();
  const budget = createBudget(bounds.maxKeyFetchesPerMinute);

  function remember(name: string, entry: Kept): void {
    kept.delete(name);
    kept.set(name, entry);
    if (kept.size > bounds.maxKeptKeyDocuments) {
      const oldest = kept.keys().next();
      if (oldest.done !== true) kept.delete(oldest.value);
    }
  }

  async function fetchDocument(document: KeyDocument, url: URL): Promise<Read> {
    const now = clock.now();
    // Whoever makes up ids makes the relay ask: beyond a sender's real keys that ends here.
    if (!budget.take(url.hostname, now)) return err('unavailable');
    const read = await send(url, document, bounds);
    const ms = read.ok
      ? document.maxAgeMs
      : read.error === 'not_found'
        ? bounds.unknownKeyMs
        : bounds.unreachableKeyMs;
    const previous = kept.get(document.cacheAs);
    // A server that is down for a moment does not take away a key that is still good.
    if (!read.ok && read.error === 'unavailable' && previous?.read.ok === true && previous.until > now) {
      remember(document.cacheAs, { ...previous, at: now });
      return previous.read;
    }
    remember(document.cacheAs, { read, at: now, until: now + ms });
    return read;
  }

  return {
    async read(document, { fresh = false } = {}) {
      const url = allowedAddress(document);
      if (url === null) return err('not_allowed');
      const known = kept.get(document.cacheAs);
      const now = clock.now();
      const pause = known !== undefined && now - known.at < bounds.keyRefreshPauseMs;
      if (known !== undefined && known.until > now && (!fresh || pause)) return known.read;
      return fetchDocument(document, url);
    },
    async visit(place) {
      const url = allowedAddress(place);
      if (url === null) return err('not_allowed');
      if (!budget.take(url.hostname, clock.now())) return err('unavailable');
      const visited = await send(url, {}, bounds);
      return visited.ok ? ok(null) : err('unavailable');
    },
  };
}

const minuteMs = 60_000;

/** `amazonaws.com`: a sender's hosts share one budget, for a caller may choose among them. */
function domainOf(host: string): string {
  return host.split('.').slice(-2).join('.');
}

/** How many fetches a sender's domain gets in a minute. */
function createBudget(perMinute: number) {
  const used = new Map<string, { minute: number; count: number }>();
  return {
    take(host: string, now: number): boolean {
      const minute = Math.floor(now / minuteMs);
      const domain = domainOf(host);
      const entry = used.get(domain);
      if (entry === undefined || entry.minute !== minute) {
        // Domains are few: each passed a sender's rule.
        used.set(domain, { minute, count: 1 });
        return true;
      }
      entry.count += 1;
      return entry.count <= perMinute;
    },
  };
}

async function send(
  url: URL,
  { method = 'GET', headers = {}, body }: Pick<KeyDocument, 'method' | 'headers' | 'body'>,
  bounds: RemoteKeyBounds,
): Promise<Read> {
  try {
    const response = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(bounds.keyFetchTimeoutMs),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      // What the caller did wrong will be wrong again; a redirect is an address nobody checked.
      const isGone = response.status >= 400 && response.status < 500 && response.status !== 429;
      return err(isGone && response.status !== 401 && response.status !== 403 ? 'not_found' : 'unavailable');
    }
    const text = await readText(response, bounds.maxKeyDocumentBytes);
    return text === null ? err('unavailable') : ok(text);
  } catch {
    return err('unavailable');
  }
}

/** Null: longer than the bound. */
async function readText(response: Response, maxBytes: number): Promise<string | null> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    if (size > maxBytes) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
