// Tokens from the targets' objects, kept in the isolate while they are good: one call to the object per token, not per
// ERP call.

import { tokenMarginMs } from '../../core/token-life.ts';
import type { Clock } from '../../pipeline/ports.ts';
import type { TargetTokens, TokenAnswer } from './target-tokens.ts';

type TargetNamespace = Env['TARGET'];
type GoodToken = Extract<TokenAnswer, { kind: 'token' }>;
type TokenObject = { token(targetId: string, stale: string | null): Promise<TokenAnswer> };

export function createObjectTargetTokens(namespace: TargetNamespace, clock: Clock): TargetTokens {
  const kept = new Map<string, { readonly answer: GoodToken; readonly goodUntilAt: number }>();
  return {
    get: async (targetId, stale) => {
      const known = kept.get(targetId);
      if (known !== undefined && known.answer.token !== stale && known.goodUntilAt > clock.now()) {
        return known.answer;
      }
      const answer = await askObject(namespace, targetId, stale);
      if (answer.kind === 'token') {
        const goodUntilAt = answer.expiresAt - tokenMarginMs(answer.expiresAt - clock.now());
        kept.set(targetId, { answer, goodUntilAt });
      } else kept.delete(targetId);
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
