// Says whether a request was signed by the source's sender, and if not, why not. The scheme does it; this gives what a
// caller left out its plain value, so that a source without remote keys or a public URL needs neither.

import { noRemoteKeys } from './remote-keys.ts';
import type { SignatureCheck, SignatureScheme, SignatureVerdict } from './scheme.ts';

/** What a source brings may be left out where its scheme needs none of it. */
export type SignatureQuestion = Pick<SignatureCheck, 'secrets' | 'request' | 'now' | 'keys'> &
  Partial<SignatureCheck> & { readonly scheme: SignatureScheme };

export function verifySignature({ scheme, ...question }: SignatureQuestion): Promise<SignatureVerdict> {
  return scheme.verify({
    remoteKeys: noRemoteKeys,
    credentials: {},
    publicUrl: null,
    toleranceSeconds: null,
    ...question,
  });
}
