// Asks every partition to tell the live tail what changes in it, until an instant. Never rejects: who did not answer is named.

import { limits } from '../../core/limits.ts';
import type { Clock } from '../../pipeline/ports.ts';
import { within } from '../../pipeline/within.ts';

type Asked = { tellTail(untilAt: number): Promise<void> };

export async function askPartitions(
  namespace: Pick<Env['SEQUENCER'], 'idFromName'> & { get(id: DurableObjectId): unknown },
  asked: { readonly names: readonly string[]; readonly untilAt: number; readonly clock: Clock },
): Promise<readonly string[]> {
  const { names, untilAt, clock } = asked;
  const askOne = async (name: string): Promise<string | null> => {
    const partition = namespace.get(namespace.idFromName(name)) as Asked;
    try {
      await within(clock, limits.tailSendMs, partition.tellTail(untilAt));
      return null;
    } catch {
      return name;
    }
  };
  return (await Promise.all(names.map(askOne))).filter((name) => name !== null);
}
