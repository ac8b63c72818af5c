// Tokens from the targets' objects, kept in the isolate while they are good: one call to the object per token, not per
// ERP call.

import { limits } from '../../core/limits.ts';
import type { Clock } from '../../pipeline/ports.ts';
import type { TargetTokens, TokenAnswer } from './target-tokens.ts';

type TargetNamespace = Env['TARGET'];
type TokenObject = { token(targetId: string, stale: string | null): Promise<TokenAnswer> };

export function createObjectTargetTokens(namespace: TargetNamespace, clock: Clock): TargetTokens {
  const kept = new Map<string, Extract<TokenAnswer, { kind: 'token' }>>();
  return {
    get: async (targetId, stale) => {
      const known = kept.get(targetId);
      if (
        known !== undefined &&
        known.token !== stale &&
        known.expiresAt > clock.now() + limits.tokenMarginMs
      ) {
        return known;
      }
      const answer = await askObject(namespace, targetId, stale);
      if (answer.kind === 'token') kept.set(targetId, answer);
      else kept.delete(targetId);
      return answer;
    },
  };
}

async function askObject(
  namespace: TargetNamespace,
  targetId: string,
  stale: string | null,
): Promise<TokenAnswer> {
  const object = namespace.get(namespace.idFromName(targetId)) as unknown as TokenObject;
  try {
    return await object.token(targetId, stale);
  } catch (error) {
    return { kind: 'unavailable', message: error instanceof Error ? error.message : String(error) };
  }
}
