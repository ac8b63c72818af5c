// The holds of operations as the pipeline sees them: kept by each target's object, "none" remembered in the isolate for a
// short while. That something is held is asked again every time, so that a release counts at once.

import { limits } from '../../core/limits.ts';
import type { Clock, OperationHold, OperationHolds, Telemetry } from '../../pipeline/ports.ts';

type TargetNamespace = Env['TARGET'];

/** What a target's object does for its holds. */
export type HoldKeeper = {
  holds(): Promise<readonly OperationHold[]>;
  /** The first finding stays. */
  hold(hold: OperationHold): Promise<void>;
  /** Null: every operation. */
  lift(operation: string | null): Promise<void>;
};

export type ObjectOperationHolds = OperationHolds & {
  /** What a target said with an admission. */
  readonly hear: (target: string, operations: readonly string[]) => void;
};

export function createObjectOperationHolds(deps: {
  readonly namespace: TargetNamespace;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}): ObjectOperationHolds {
  const { namespace, clock, telemetry } = deps;
  const keeper = (target: string) => namespace.get(namespace.idFromName(target)) as unknown as HoldKeeper;
  const known = new Map<string, { readonly at: number; readonly operations: ReadonlySet<string> }>();
  const hear = (target: string, operations: readonly string[]): void => {
    known.set(target, { at: clock.now(), operations: new Set(operations) });
  };
  const isKnownFree = (target: string, operation: string): boolean => {
    const last = known.get(target);
    return (
      last !== undefined && clock.now() - last.at < limits.operationHoldsMs && !last.operations.has(operation)
    );
  };
  return {
    find: async (target, operation) => {
      if (isKnownFree(target, operation)) return null;
      try {
        const holds = await keeper(target).holds();
        hear(
          target,
          holds.map(({ operation: held }) => held),
        );
        return holds.find((hold) => hold.operation === operation) ?? null;
      } catch (error) {
        telemetry.log('error', 'target.holds_unknown', { target, error: String(error) });
        return null;
      }
    },
    hear,
    record: async (target, hold) => {
      known.delete(target);
      try {
        await keeper(target).hold(hold);
      } catch (error) {
        telemetry.log('error', 'target.holds_unknown', { target, error: String(error) });
      }
    },
    list: (target) => keeper(target).holds(),
    lift: async (target, operation) => {
      known.delete(target);
      await keeper(target).lift(operation);
    },
  };
}
