// The operations of one target that are held, in the storage of its object: one key an operation, so that a hold outlives
// evictions and deploys.

import type { OperationHold } from '../../pipeline/ports.ts';
import type { HoldKeeper } from './object-operation-holds.ts';

const prefix = 'hold/';

export function createOperationHoldStorage(storage: DurableObjectStorage): HoldKeeper {
  return {
    holds: async () => [...(await storage.list<OperationHold>({ prefix })).values()],
    hold: async (hold) => {
      const name = prefix + hold.operation;
      if ((await storage.get(name)) === undefined) await storage.put(name, hold);
    },
    lift: async (operation) => {
      const names = operation === null ? [...(await storage.list({ prefix })).keys()] : [prefix + operation];
      for (const name of names) await storage.delete(name);
    },
  };
}
