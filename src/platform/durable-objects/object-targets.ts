// Targets' gates as the pipeline and the operators see them: stubs of Durable Objects, a new one for each call, and their
// errors as PortErrors.

import { limits } from '../../core/limits.ts';
import type { AdmitRequest } from '../../core/target-gate-state.ts';
import type { EndedBatch, TargetControls, TargetGates } from '../../pipeline/ports.ts';
import { PortError } from '../../pipeline/ports.ts';
import type { TargetObjectBase } from './target-object.ts';

type TargetNamespace = Env['TARGET'];

type TargetStub = Pick<TargetObjectBase, 'admit' | 'view' | 'pause' | 'resume' | 'setCircuit' | 'authorize'>;

/** @param heard told which operations of a target are held, with every admission: no call of its own has to ask */
export function createObjectTargets(
  namespace: TargetNamespace,
  heard: (targetId: string, heldOperations: readonly string[]) => void = () => {},
): TargetGates & TargetControls {
  const noted = new Map<string, EndedBatch[]>();
  /** Only with the first call of a batch: what it tells later may be about a probe of its own. */
  const withNoted = (request: AdmitRequest): AdmitRequest => {
    const isFirst = request.inFlight + request.startedCount + request.reports.length === 0;
    const ended = isFirst ? noted.get(request.targetId) : undefined;
    if (ended === undefined) return request;
    noted.delete(request.targetId);
    const reports = ended.flatMap((each) => each.reports).slice(-limits.maxNotedReports);
    return { ...request, reports, endedBatches: ended.map(({ batch }) => batch) };
  };
  const call = async <T>(id: string, work: (target: TargetStub) => Promise<T>): Promise<T> => {
    try {
      return await work(namespace.get(namespace.idFromName(id)) as unknown as TargetStub);
    } catch (error) {
      const marks = typeof error === 'object' && error !== null ? error : {};
      throw new PortError(error instanceof Error ? error.message : String(error), {
        retryable: Reflect.get(marks, 'retryable') === true,
        overloaded: Reflect.get(marks, 'overloaded') === true,
        cause: error,
      });
    }
  };
  return {
    admit: async (request) => {
      const told = withNoted(request);
      const { heldOperations, ...admission } = await call(told.targetId, (target) => target.admit(told));
      // Of an object that runs an earlier version for a moment longer: nobody knows.
      if (heldOperations !== undefined) heard(told.targetId, heldOperations);
      return admission;
    },
    note: (targetId, batch) => {
      const kept = [...(noted.get(targetId) ?? []), batch].slice(-limits.maxNotedBatches);
      noted.set(targetId, kept);
    },
    view: (id) => call(id, (target) => target.view()),
    pause: (id, act) => call(id, (target) => target.pause(act)),
    resume: (id, act) => call(id, (target) => target.resume(act)),
    setCircuit: (id, wanted, act) => call(id, (target) => target.setCircuit(wanted, act)),
    authorize: (id) => call(id, (target) => target.authorize()),
  };
}
