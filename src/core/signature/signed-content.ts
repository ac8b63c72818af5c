// Puts together the bytes that were signed. A scheme that signs the body alone gets the body itself, without a copy;
// any other needs one contiguous buffer, because WebCrypto takes no pieces: one copy a request, whatever is tried.
// Pure.

import type { ReceivedRequest } from '../source.ts';
import type { SignedPart } from './scheme.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

function textOf(
  part: Exclude<SignedPart, { kind: 'raw' }>,
  request: ContentRequest,
  timestamp: string | null,
): string {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'header':
      return request.headers[part.name] ?? '';
    case 'method':
      return request.method;
    case 'timestamp':
      return timestamp ?? '';
  }
}

export type ContentRequest = Pick<ReceivedRequest, 'method' | 'headers' | 'body'>;

export function signedContent(
  parts: readonly SignedPart[],
  request: ContentRequest,
  timestamp: string | null,
): Bytes {
  const [only] = parts;
  if (parts.length === 1 && only?.kind === 'raw') return request.body;
  const pieces = parts.map((part) =>
    part.kind === 'raw' ? request.body : encoder.encode(textOf(part, request, timestamp)),
  );
  const content = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    content.set(piece, offset);
    offset += piece.length;
  }
  return content;
}
