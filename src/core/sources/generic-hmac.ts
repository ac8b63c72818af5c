// A sender of one's own or without a preset that signs with HMAC: signature and identity are told by options, no code.
// For any other proof see generic-source.ts, which this is a short form of.

import { type HmacSchemeOptions, hmacScheme } from '../signature/hmac-scheme.ts';
import type { SourcePreset } from '../source.ts';
import { type GenericSourceOptions, genericSource } from './generic-source.ts';

export type GenericHmacOptions<Topics extends object = object> = Omit<
  GenericSourceOptions<Topics>,
  'authentication'
> & { readonly signature: Omit<HmacSchemeOptions, 'name'> };

/** `Topics` maps each event type to its payload. */
export function genericHmac<Topics extends object = object>(
  options: GenericHmacOptions<Topics>,
): SourcePreset<Topics> {
  const { signature, name = 'generic-hmac', ...rest } = options;
  return genericSource<Topics>({ ...rest, name, authentication: hmacScheme({ ...signature, name }) });
}
