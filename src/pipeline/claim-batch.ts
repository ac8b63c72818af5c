// Stage 3 for a request of several events: each readable item is claimed as an event of its own, with its own payload.
// Claims are idempotent, so a request that is sent again after half of it was claimed ends as if it had come once.
// It may not answer the sender nor keep what could not be read: it hands that back.

import { limits } from '../core/limits.ts';
import type { BatchItems, EventIdentity, ParseProblem, VerifiedRequest } from '../core/source.ts';
import { type ClaimDependencies, type ClaimResult, claim } from './claim.ts';

export type ClaimedBatch = {
  readonly results: readonly ClaimResult[];
  readonly problems: readonly {
    readonly problem: ParseProblem;
    /** What is kept with it: the whole request, for an item that cannot be read has no bounds. */
    readonly payload: Uint8Array<ArrayBuffer>;
  }[];
};

const encoder = new TextEncoder();

/**
 * The request as if it had brought this one event: what is kept is the item as JSON, whatever the request's own body was,
 * so that the preset reads it again like any other.
 */
export function toItemRequest(request: VerifiedRequest, { payload }: EventIdentity): VerifiedRequest {
  return {
    ...request,
    headers: { ...request.headers, 'content-type': 'application/json' },
    body: new Uint8Array(encoder.encode(JSON.stringify(payload))),
  };
}

export async function claimBatch(
  deps: ClaimDependencies,
  batch: { readonly request: VerifiedRequest; readonly items: BatchItems },
): Promise<ClaimedBatch> {
  const { request, items } = batch;
  const readable = items.flatMap((item) => (item.ok ? [item.value] : []));
  const problems = items.flatMap((item) => (item.ok ? [] : [{ problem: item.error, payload: request.body }]));
  const results: ClaimResult[] = [];
  for (let from = 0; from < readable.length; from += limits.maxClaimsAtOnce) {
    const claims = readable
      .slice(from, from + limits.maxClaimsAtOnce)
      .map((identity) => claim(deps, toItemRequest(request, identity), identity));
    results.push(...(await Promise.all(claims)));
  }
  return { results, problems };
}
