// What an adapter can do of each operation, and what a running ERP says of itself. An adapter declares only what cannot be
// seen from its handlers. Pure.

import type { AdapterFailure, AdapterLevel, ErpAdapter, ErpConnection } from './erp.ts';
import { limits } from './limits.ts';
import type { AnyOperation } from './operation.ts';

/** Whether the ERP finishes it later: `always`, or only where it chooses to (`possible`). */
export type AsyncMode = 'never' | 'possible' | 'always';

export type DeclaredCapability = {
  /** How sure it is of this operation, where it is less than the adapter is of the others. */
  readonly level?: AdapterLevel;
  /** The ERP itself does the same key once. Absent: where the adapter's `once` is `native_key`. */
  readonly nativeIdempotency?: boolean;
  /** Absent: `possible` where the handler can ask after a job. */
  readonly async?: AsyncMode;
  /** Modules that must be on, by the names `readInstance` gives them. Absent: what the operation requires. */
  readonly modules?: readonly string[];
  /** What the ERP cannot do of it, a sentence each, e.g. "backorder: cancel is refused". */
  readonly limits?: readonly string[];
};

/** By the operation's name. */
export type DeclaredCapabilities = Readonly<Record<string, DeclaredCapability | undefined>>;

/** Why an operation is not run, a sentence by the operation's name: what the ERP's API lacks, or what would have to be added. */
export type Unsupported = Readonly<Record<string, string | undefined>>;

export type OperationCapability =
  /** Null: the adapter does not say why. */
  | { readonly supported: false; readonly reason: string | null }
  | {
      readonly supported: true;
      readonly level: AdapterLevel;
      /** Whether a batch can be all or none; null: it is no batch. */
      readonly atomicBatch: boolean | null;
      readonly nativeIdempotency: boolean;
      readonly async: AsyncMode;
      readonly modules: readonly string[];
      readonly limits: readonly string[];
    };

/** What a running ERP says of itself. Null: it does not say. */
export type ErpInstance = {
  readonly version: string | null;
  readonly company: string | null;
  /** ISO 4217. */
  readonly currency: string | null;
  /** Those that are on, by the names the adapter's capabilities use. */
  readonly modules: readonly string[] | null;
  /** The last day that takes no posting, ISO 8601; null also where no day is locked. */
  readonly lockedThrough: string | null;
};

export type ReadInstance = (
  erp: ErpConnection,
) => Promise<{ readonly kind: 'instance'; readonly instance: ErpInstance } | AdapterFailure>;

export function capabilityOf(adapter: ErpAdapter, operation: AnyOperation): OperationCapability {
  const { name, batch, requires } = operation;
  const handler = ownValue(adapter.operations, name);
  const batchHandler = ownValue(adapter.batches ?? {}, name);
  const isSupported = batch === undefined ? handler !== undefined : batchHandler !== undefined;
  if (!isSupported) return { supported: false, reason: ownValue(adapter.unsupported ?? {}, name) ?? null };
  const declared = ownValue(adapter.capabilities ?? {}, name) ?? {};
  return {
    supported: true,
    level: declared.level ?? adapter.level,
    atomicBatch: batch === undefined ? null : batchHandler?.atomic === true,
    nativeIdempotency: declared.nativeIdempotency ?? adapter.once === 'native_key',
    async: declared.async ?? (handler?.poll === undefined ? 'never' : 'possible'),
    modules: declared.modules ?? requires,
    limits: declared.limits ?? [],
  };
}

/** What was written from documentation runs only where the target says that it may: the adapter whole, or this operation of it. */
export function needsConsent(
  { adapter, experimental }: { readonly adapter: ErpAdapter; readonly experimental?: boolean },
  operation: AnyOperation,
): boolean {
  const capability = capabilityOf(adapter, operation);
  return capability.supported && capability.level === 'documented' && experimental !== true;
}

/** Modules the operation needs and the running ERP has not on. Empty where nobody can say. */
export function missingModules(capability: OperationCapability, instance: ErpInstance): readonly string[] {
  const { modules } = instance;
  if (!capability.supported || modules === null) return [];
  return capability.modules.filter((module) => !modules.includes(module));
}

/** As much of it as is kept and shown: an answer of an ERP is nobody's promise. */
export function boundInstance(instance: ErpInstance): ErpInstance {
  const { version, company, currency, modules, lockedThrough } = instance;
  return {
    ...{ version: bounded(version), company: bounded(company), currency: bounded(currency) },
    modules: modules?.slice(0, limits.maxInstanceModules).map((name) => bounded(name) ?? '') ?? null,
    lockedThrough: bounded(lockedThrough),
  };
}

function bounded(text: string | null): string | null {
  return text?.slice(0, limits.maxInstanceChars) ?? null;
}

function ownValue<Value>(
  table: Readonly<Record<string, Value | undefined>>,
  name: string,
): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
