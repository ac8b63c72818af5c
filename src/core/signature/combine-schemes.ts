// Schemes made of schemes: several header families of one sender, and several proofs that must all hold.
// Adds no way of proving anything by itself.

import type { HeaderMap } from '../source.ts';
import type { SignatureScheme, SignatureVerdict } from './scheme.ts';

type Schemes<Scheme extends SignatureScheme> = readonly [Scheme, ...Scheme[]];

export type FirstPresentScheme<Scheme extends SignatureScheme> = SignatureScheme & {
  readonly schemes: Schemes<Scheme>;
};

/** The scheme that must hold for this request: of several header families the first one present. */
export function chooseScheme<Scheme extends SignatureScheme>(
  { schemes }: { readonly schemes: Schemes<Scheme> },
  headers: HeaderMap,
): Scheme {
  const present = schemes.find((scheme) => scheme.headers.some((name) => headers[name] !== undefined));
  return present ?? schemes[0];
}

/** One sender, several header families: the first scheme whose signature header is there is the one that must hold. */
export function firstPresent<Scheme extends SignatureScheme>(
  name: string,
  schemes: Schemes<Scheme>,
): FirstPresentScheme<Scheme> {
  return {
    name,
    schemes,
    headers: schemes.flatMap((scheme) => scheme.headers),
    needsUrl: schemes.some((scheme) => scheme.needsUrl),
    secretProblem: (secret) => firstProblem(schemes, secret),
    verify: (check) => chooseScheme({ schemes }, check.request.headers).verify(check),
  };
}

/**
 * Every scheme must hold: a signature that any customer of a sender could bring about, and a token that only this
 * source's URL holds. The secret is given to each; whether it was the current one is the weakest of the answers.
 */
export function allOf(name: string, schemes: Schemes<SignatureScheme>): SignatureScheme {
  return {
    name,
    headers: schemes.flatMap((scheme) => scheme.headers),
    needsUrl: schemes.some((scheme) => scheme.needsUrl),
    secretProblem: (secret) => firstProblem(schemes, secret),
    verify: async (check) => {
      let verifiedWith: 'current' | 'previous' = 'current';
      for (const scheme of schemes) {
        const verdict: SignatureVerdict = await scheme.verify(check);
        if (!verdict.ok) return verdict;
        if (verdict.verifiedWith === 'previous') verifiedWith = 'previous';
      }
      return { ok: true, verifiedWith };
    },
  };
}

function firstProblem(schemes: readonly SignatureScheme[], secret: string): string | null {
  for (const scheme of schemes) {
    const problem = scheme.secretProblem(secret);
    if (problem !== null) return problem;
  }
  return null;
}
