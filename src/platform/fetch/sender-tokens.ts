// The token a sender's API is asked with: the one that was set by API, and where none was, the Worker secret. While a rotation overlaps the
// one before is tried, too, where the new one is refused. May not log.

import { inRegistry } from '../../config.ts';
import type { EnrichFailure } from '../../core/enrich.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { PortError } from '../../pipeline/ports.ts';
import type { OpenedSecret, RegistryCopy } from '../../pipeline/registry-copy.ts';

/** @param worker the Worker's own; null: the API takes none */
export type SenderTokens = (
  secret: string,
  worker: string | null,
) => {
  readonly current: () => Promise<Result<string | null, EnrichFailure>>;
  /** Another one that may be good, after the sender has refused `refused`; null: none is. */
  readonly other: (refused: string | null) => Promise<string | null>;
};

/** Where nothing is set by API. */
export const workerTokens: SenderTokens = (_secret, worker) => ({
  current: async () => (worker === inRegistry ? err(nowhere) : ok(worker)),
  other: async () => null,
});

export function createSenderTokens(
  copy: Pick<RegistryCopy, 'lenient' | 'afterMiss' | 'secret'>,
): SenderTokens {
  return (secret, worker) => {
    const own = worker === inRegistry ? null : worker;
    return {
      current: async () => {
        if (worker === null) return ok(null);
        try {
          await copy.lenient();
        } catch (error) {
          if (!(error instanceof PortError)) throw error;
          return err({ reason: 'unavailable', message: 'the registry, which may hold its token, is away' });
        }
        const kept = await copy.secret(secret);
        // Nobody may be asked with an older one.
        if (kept.kind === 'unreadable')
          return err({ reason: 'unauthorized', message: 'the token of its API cannot be opened' });
        const token = kept.kind === 'open' ? (kept.current.token ?? null) : own;
        return token === null ? err(nowhere) : ok(token);
      },
      other: async (refused) => {
        if (worker === null) return null;
        try {
          await copy.afterMiss();
        } catch (error) {
          if (!(error instanceof PortError)) throw error;
          return null;
        }
        return goodOnes(await copy.secret(secret), own).find((token) => token !== refused) ?? null;
      },
    };
  };
}

const nowhere: EnrichFailure = { reason: 'unauthorized', message: 'the token of its API is set nowhere' };

/** The newest first. */
function goodOnes(kept: OpenedSecret, worker: string | null): readonly string[] {
  if (kept.kind === 'unreadable') return [];
  if (kept.kind === 'absent') return worker === null ? [] : [worker];
  const all = [kept.current.token, kept.previous?.token, kept.besideWorker ? worker : null];
  return all.filter((token): token is string => token !== undefined && token !== null);
}
