// Puts together the bytes that were signed. A scheme that signs the body alone gets the body itself, without a copy;
// any other needs one contiguous buffer, because WebCrypto takes no pieces: one copy a request, whatever is tried.
// Pure.

import { encodeBase64 } from './decode-bytes.ts';
import type { SignedPart, SignedRequest } from './scheme.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

export type ContentFrom = {
  readonly request: Pick<SignedRequest, 'method' | 'headers' | 'body'>;
  readonly timestamp: string | null;
  readonly publicUrl: string | null;
};

/** A configured URL is checked when the relay starts, so it always has a path. */
function pathOf(publicUrl: string | null): string {
  const url = URL.parse(publicUrl ?? '');
  return url === null ? '' : url.pathname + url.search;
}

function textOf(part: Exclude<SignedPart, { kind: 'raw' }>, from: ContentFrom): string {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'header':
      return from.request.headers[part.name] ?? '';
    case 'method':
      return from.request.method;
    case 'timestamp':
      return from.timestamp ?? '';
    case 'url':
      return from.publicUrl ?? '';
    case 'url_path':
      return pathOf(from.publicUrl);
    case 'raw_base64':
      return encodeBase64(from.request.body);
  }
}

export function joinBytes(pieces: readonly Uint8Array[]): Bytes {
  const content = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    content.set(piece, offset);
    offset += piece.length;
  }
  return content;
}

export function signedContent(parts: readonly SignedPart[], from: ContentFrom): Bytes {
  const [only] = parts;
  if (parts.length === 1 && only?.kind === 'raw') return from.request.body;
  return joinBytes(
    parts.map((part) => (part.kind === 'raw' ? from.request.body : encoder.encode(textOf(part, from)))),
  );
}
