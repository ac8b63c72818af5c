// What ingest asks of the pipeline and what it is told: one closed union, so that the HTTP side maps every end of a
// request and none by accident. Pure types. `reason` and `detail` are for the log; the wire says less.

import type { AcceptedReply, HandshakeAnswer, Peer } from '../core/source.ts';
import type { RequestTrace } from './tracing.ts';

export type AcceptRequest = {
  /** The source named in the path; nothing says yet that it exists. */
  readonly source: string;
  readonly method: 'POST' | 'GET';
  /** Path and query as received. */
  readonly url: string;
  /** Name and value of each header field, as received. */
  readonly headers: Iterable<readonly [string, string]>;
  readonly body: ReadableStream<Uint8Array> | null;
  /** The whole body at once, where Content-Length says that it fits. */
  readonly readWhole?: () => Promise<ArrayBuffer>;
  /** The Content-Length header; it may lie or be absent. */
  readonly contentLength: string | null;
  readonly requestId: string;
  /** What the platform says of the connection; absent where it says nothing. */
  readonly peer?: Peer;
  /** Null or absent: nothing is traced. */
  readonly trace?: RequestTrace | null;
};

export type AcceptedEvent = { readonly id: string; readonly status: 'accepted' | 'duplicate' };

/** An item of an intake. `received`: to be claimed; `duplicate`: the whole request was here before. */
export type ReceivedItem = {
  readonly id: string;
  readonly status: 'received' | 'duplicate' | 'rejected';
};

export type AcceptAnswer =
  /** Claimed durably: only this may be answered 2xx, besides a handshake. */
  | {
      readonly kind: 'accepted';
      readonly events: readonly AcceptedEvent[];
      /** What this sender wants to hear instead of the events' ids. */
      readonly reply?: AcceptedReply;
    }
  /** Claimed whole, durably; its events are claimed afterwards. */
  | {
      readonly kind: 'received';
      readonly intake: string;
      readonly events: readonly ReceivedItem[];
      readonly reply?: AcceptedReply;
    }
  | { readonly kind: 'handshake'; readonly answer: HandshakeAnswer }
  | { readonly kind: 'unknown_source' }
  | { readonly kind: 'body_too_large'; readonly maxBytes: number }
  /** A GET that is no handshake of this sender. */
  | { readonly kind: 'no_handshake' }
  /** Broken before anything was proven. Not kept. */
  | {
      readonly kind: 'malformed';
      readonly reason: 'headers_too_large' | 'body_unreadable';
      readonly detail: string;
    }
  | {
      readonly kind: 'unverified';
      readonly reason: string;
      readonly detail: string;
      /** The sender wants no body under its 401. */
      readonly bare?: boolean;
    }
  /** Genuine, but no event can be read from it. Kept as a rejected request. */
  | { readonly kind: 'unparsable'; readonly reason: string; readonly field: string; readonly rule: string }
  /** Past the budget of its source, or of unverified requests of its address. Nothing was claimed: it should come later. */
  | {
      readonly kind: 'flooded';
      readonly reason: 'source_over_budget' | 'address_turned_away';
      readonly retryAfterSeconds: number;
    }
  /** Nothing was claimed, or nobody knows: the sender should come again. */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly retryAfterSeconds: number };

export type Accept = (request: AcceptRequest) => Promise<AcceptAnswer>;
