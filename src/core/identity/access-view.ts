// What part of the relay a caller sees: sources, and pairs of operation and target. Null is everything. The sequencers'
// lists, the journal's SQL and the HTTP side apply this one rule. Pure.

/** `*` in place of either stands for every one. */
export type Grant = { readonly operation: string; readonly target: string };

export type AccessView = {
  /** Null: every source. Direct requests of a credential have the source `operations/{credential}`. */
  readonly sources: readonly string[] | null;
  /** Null: every operation on every target. */
  readonly grants: readonly Grant[] | null;
};

export const wholeView: AccessView = { sources: null, grants: null };

export function isWhole(view: AccessView): boolean {
  return view.sources === null && view.grants === null;
}

export function seesSource({ sources }: AccessView, source: string): boolean {
  return sources === null || sources.includes(source);
}

export function seesTarget({ grants }: AccessView, target: string): boolean {
  return grants === null || grants.some((grant) => grant.target === '*' || grant.target === target);
}

export function allows(
  grants: readonly Grant[] | null,
  wanted: { readonly operation: string; readonly target: string },
): boolean {
  return grants === null || grants.some((grant) => covers(grant, wanted));
}

/** Whether the grant holds all that `wanted` does; `*` in `wanted` is only covered by `*`. */
export function covers(grant: Grant, wanted: Grant): boolean {
  return (
    (grant.operation === '*' || grant.operation === wanted.operation) &&
    (grant.target === '*' || grant.target === wanted.target)
  );
}

export function seesDelivery(
  view: AccessView,
  of: { readonly source: string; readonly operation: string; readonly target: string },
): boolean {
  return seesSource(view, of.source) && allows(view.grants, of);
}

/** Whether everything `inner` sees `outer` sees too. */
export function contains(outer: AccessView, inner: AccessView): boolean {
  const { sources, grants } = outer;
  const holdsSources =
    sources === null || (inner.sources?.every((source) => sources.includes(source)) ?? false);
  const holdsGrants =
    grants === null ||
    (inner.grants?.every((wanted) => grants.some((grant) => covers(grant, wanted))) ?? false);
  return holdsSources && holdsGrants;
}
