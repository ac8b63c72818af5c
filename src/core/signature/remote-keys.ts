// The port to keys that a sender keeps on its own servers, and the rule where they may be: an address is checked before
// anything is fetched, for it stands in a request that nobody vouches for yet.
// Pure: it says what may be read and never reads.

import type { Result } from '../result.ts';

/** Whether an https address is one of the sender's. It sees no other kind of address. */
export type AddressRule = (url: URL) => boolean;

export type KeyDocument = {
  readonly url: string;
  /** Checked by whoever asks and again by whoever fetches. */
  readonly allows: AddressRule;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What it is kept under: one name for one document. Holds no secret. */
  readonly cacheAs: string;
  /** How long it may be kept, ms. */
  readonly maxAgeMs: number;
};

export type RemoteKeyFailure =
  /** The address is none of the sender's: nothing was fetched. */
  | 'not_allowed'
  /** The sender says that there is no such document. */
  | 'not_found'
  /** No answer, or none that can be used: the next request may have better luck. */
  | 'unavailable';

export interface RemoteKeys {
  /**
   * The text of a key document. `fresh`: not what is kept, because an id was looked for and is not in it; done at most
   * once in a while for one document, for anybody can make up ids. Never rejects.
   */
  read(
    document: KeyDocument,
    options?: { readonly fresh?: boolean },
  ): Promise<Result<string, RemoteKeyFailure>>;
  /** Visits an address whose answer counts by its status alone: how a subscription is confirmed. Never rejects. */
  visit(place: Pick<KeyDocument, 'url' | 'allows'>): Promise<Result<null, RemoteKeyFailure>>;
}

const address = /^(?:\d{1,3}\.){3}\d{1,3}$|^\[/;

/** The parsed address, or null where it may not be asked: not https, a name in it, another port, or not the rule's. */
export function allowedAddress({ url, allows }: Pick<KeyDocument, 'url' | 'allows'>): URL | null {
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  const plain = parsed.protocol === 'https:' && parsed.port === '' && parsed.hash === '';
  if (!plain || parsed.username !== '' || parsed.password !== '') return null;
  return !address.test(parsed.hostname) && allows(parsed) ? parsed : null;
}

/** The rule "exactly this host". */
export function onHost(host: string): AddressRule {
  return (url) => url.hostname === host;
}

/** For sources whose scheme needs none, and for tests: every document is unavailable. */
export const noRemoteKeys: RemoteKeys = {
  read: async () => ({ ok: false, error: 'unavailable' }),
  visit: async () => ({ ok: false, error: 'unavailable' }),
};
