// The holds of operations in memory: what a target's object keeps, without the object.

import type { OperationHold, OperationHolds } from '../../src/pipeline/ports.ts';

export function createMemoryHolds(): OperationHolds {
  const kept = new Map<string, OperationHold>();
  const name = (target: string, operation: string): string => `${target}\n${operation}`;
  const ofTarget = (target: string) => [...kept].filter(([key]) => key.startsWith(`${target}\n`));
  return {
    find: async (target, operation) => kept.get(name(target, operation)) ?? null,
    record: async (target, hold) => {
      const key = name(target, hold.operation);
      if (!kept.has(key)) kept.set(key, hold);
    },
    list: async (target) => ofTarget(target).map(([, hold]) => hold),
    lift: async (target, operation) => {
      for (const [key, hold] of ofTarget(target)) {
        if (operation === null || hold.operation === operation) kept.delete(key);
      }
    },
  };
}
