// Published signature vectors of the senders, kept beside the repository and not in it.
// Where they are absent the tests that need them say so in a line of their own instead of passing in silence.

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export type SignatureVector = {
  readonly name: string;
  readonly scheme: string;
  readonly secret?: string;
  readonly secret_hex?: string;
  readonly hash?: 'sha1' | 'sha256' | 'sha512';
  readonly encoding?: 'hex' | 'base64' | 'base64url';
  readonly method: 'POST' | 'GET';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Epoch seconds. */
  readonly now?: number;
  readonly signature_header?: string;
  readonly signature_prefix?: string;
  readonly valid: boolean;
};

const repository = resolve(import.meta.dirname, '../..');

export const vectorsDirectory = resolve(repository, process.env.VECTORS_DIR ?? '../shared/vectors');

/** Null where the file is absent. */
export function readVectors(name: string): readonly SignatureVector[] | null {
  const file = resolve(vectorsDirectory, `${name}.json`);
  if (!existsSync(file)) return null;
  return JSON.parse(readFileSync(file, 'utf8')) as readonly SignatureVector[];
}
