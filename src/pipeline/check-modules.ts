// Before an operation is performed: whether the modules it needs are on in the running ERP. One that is off is said without
// a write. What an older reading says is off is asked again first: it may have been switched on since.

import { capabilityOf, missingModules } from '../core/erp-capabilities.ts';
import { limits } from '../core/limits.ts';
import type { AnyOperation } from '../core/operation.ts';
import type { Outcome } from '../core/outcome.ts';
import type { TargetDefinition } from '../core/target.ts';
import { rejected } from './classify-failure.ts';
import type { ErpInstances } from './ports.ts';

/** Null: it may be tried. */
export async function findModuleOff(
  instances: ErpInstances | undefined,
  target: TargetDefinition,
  operation: AnyOperation,
): Promise<Outcome | null> {
  const capability = capabilityOf(target.adapter, operation);
  if (instances === undefined || !capability.supported || capability.modules.length === 0) return null;
  const offBy = async (maxAgeMs: number): Promise<readonly string[]> => {
    const reading = await instances.find(target, maxAgeMs);
    return reading.kind === 'read' ? missingModules(capability, reading.instance) : [];
  };
  if ((await offBy(limits.instanceTtlMs)).length === 0) return null;
  const missing = await offBy(limits.instanceRecheckMs);
  return missing.length === 0 ? null : moduleDisabled(target, operation, missing);
}

function moduleDisabled(
  { id }: TargetDefinition,
  { name }: AnyOperation,
  missing: readonly string[],
): Outcome {
  const noun = missing.length === 1 ? 'module' : 'modules';
  return rejected('module_disabled', `${name} needs the ${noun} ${missing.join(', ')}, off in target ${id}`);
}
