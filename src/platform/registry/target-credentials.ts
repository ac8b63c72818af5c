// Credentials of targets out of the registry: the target's own, and those that single sources have there (`erp@shopify`), which have a
// token of their own, so that what an ERP refuses to one of them stops no other.

import type { RegistryCopy } from '../../pipeline/registry-copy.ts';

/** `values` null: the Worker's own secrets count. */
export type TargetCredential = { readonly values: Readonly<Record<string, string>> | null };

/**
 * Of a holder, `erp` or `erp@shopify`. `fresh`: as the registry has it now, for a person has just set it. Throws where it cannot be
 * told.
 */
export function createTargetCredentials(
  copy: Pick<RegistryCopy, 'lenient' | 'expire' | 'secret'>,
): (holder: string, options?: { readonly fresh: boolean }) => Promise<TargetCredential> {
  return async (holder, { fresh } = { fresh: false }) => {
    if (fresh) copy.expire();
    await copy.lenient();
    const kept = await copy.secret(`target/${holder}`);
    if (kept.kind === 'unreadable') throw new Error(`the credential of ${holder} cannot be opened`);
    if (kept.kind === 'absent' && holder.includes('@'))
      throw new Error(`the credential of ${holder} was removed`);
    return { values: kept.kind === 'open' ? kept.current : null };
  };
}

/** Under which name the token of a source on a target is kept. */
export function createTokenHolders(
  copy: Pick<RegistryCopy, 'lenient'>,
): (targetId: string, source: string) => Promise<string> {
  return async (targetId, source) => {
    const own = `${targetId}@${source}`;
    const { secrets } = await copy.lenient();
    return secrets.some(({ name }) => name === `target/${own}`) ? own : targetId;
  };
}
