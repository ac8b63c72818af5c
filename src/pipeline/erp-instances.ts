// What the running ERPs say of themselves, read over the target's own connection and remembered for a stated while.
// Reads only: a write would be stopped. What cannot be read is unknown, and the unknown stops no delivery.

import { boundInstance, type ReadInstance } from '../core/erp-capabilities.ts';
import { limits } from '../core/limits.ts';
import type { TargetDefinition } from '../core/target.ts';
import { describe } from './classify-failure.ts';
import type { Clock, ErpConnections, ErpInstances, InstanceReading, Telemetry } from './ports.ts';

type Deps = {
  readonly connections: ErpConnections;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
};

type Known = Exclude<InstanceReading, { kind: 'not_offered' }>;

/** One an isolate. Several at once may read the same: an answer that is waited for is nobody else's to wait for. */
export function createErpInstances(deps: Deps): ErpInstances {
  const kept = new Map<string, Known>();
  return {
    find: async (target, maxAgeMs) => {
      const { readInstance } = target.adapter;
      if (readInstance === undefined) return { kind: 'not_offered' };
      const known = kept.get(target.id);
      if (known !== undefined && deps.clock.now() - known.at < keptMs(known, maxAgeMs)) return known;
      const reading = await read(deps, target, readInstance);
      kept.set(target.id, reading);
      return reading;
    },
  };
}

function keptMs({ kind }: Known, maxAgeMs: number): number {
  return kind === 'read' ? maxAgeMs : Math.min(maxAgeMs, limits.instanceRetryMs);
}

async function read(
  { connections, clock, telemetry }: Deps,
  target: TargetDefinition,
  readInstance: ReadInstance,
): Promise<Known> {
  const askedAt = clock.now();
  const { timeoutMs } = target;
  const deadlineAt = askedAt + callsOfReading * timeoutMs;
  const { erp } = connections.open({ target, timeoutMs, deadlineAt, beforeFirstWrite: async () => 'stop' });
  const unread = (message: string): Known => {
    telemetry.log('warn', 'target.instance_unread', { target: target.id, message });
    return { kind: 'unread', message, at: askedAt };
  };
  try {
    const answer = await readInstance(erp);
    if (answer.kind !== 'instance') return unread(describe(answer));
    const instance = boundInstance(answer.instance);
    const { version, modules, lockedThrough } = instance;
    const moduleCount = modules?.length ?? null;
    telemetry.log('info', 'target.instance_read', { target: target.id, version, moduleCount, lockedThrough });
    return { kind: 'read', instance, at: askedAt };
  } catch (error) {
    return unread(`adapter ${target.adapter.name} failed: ${String(error)}`);
  }
}

/** Calls a reading may take: a login, and one for each thing that is said of an ERP. */
const callsOfReading = 6;
