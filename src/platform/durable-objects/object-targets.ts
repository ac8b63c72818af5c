// Targets' gates as the pipeline and the operators see them: stubs of Durable Objects, a new one for each call, and their
// errors as PortErrors.

import type { TargetControls, TargetGates } from '../../pipeline/ports.ts';
import { PortError } from '../../pipeline/ports.ts';
import type { TargetObjectBase } from './target-object.ts';

type TargetNamespace = Env['TARGET'];

type TargetStub = Pick<TargetObjectBase, 'admit' | 'view' | 'pause' | 'resume' | 'setCircuit' | 'authorize'>;

export function createObjectTargets(namespace: TargetNamespace): TargetGates & TargetControls {
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
    admit: (request) => call(request.targetId, (target) => target.admit(request)),
    view: (id) => call(id, (target) => target.view()),
    pause: (id, act) => call(id, (target) => target.pause(act)),
    resume: (id, act) => call(id, (target) => target.resume(act)),
    setCircuit: (id, wanted, act) => call(id, (target) => target.setCircuit(wanted, act)),
    authorize: (id) => call(id, (target) => target.authorize()),
  };
}
