// What an attempt came to: the only vocabulary between the ERP adapters and the settle stage.
// Pure data; nothing here may read a clock, do I/O or know a platform.

import type { JsonValue } from './json.ts';

/** What an attempt may have done to the ERP. `possible` means nobody can tell yet: the delivery is in doubt. */
export type Effect = 'none' | 'possible' | 'done';

/** The ERP document an operation ended in: its id, its number for people, its state, and what the operation's output adds. */
export type ErpDocument = {
  readonly documentId: string;
  readonly documentNumber: string;
  readonly state: string;
  readonly [detail: string]: JsonValue | undefined;
};

/** `field` is a path into the operation's input ("lines[2].quantity"), `rule` says what must hold. */
export type FieldError = { readonly field: string; readonly rule: string };

/** `path` is a JSON path into the ERP's answer ("$.salesOrder.documentId"). */
export type ContractIssue = { readonly path: string; readonly expected: string; readonly actual: string };

export type StateDifference = {
  readonly field: string;
  readonly expected: JsonValue;
  readonly actual: JsonValue;
};

/** A record of a batch that was done. */
export type RecordEffect = {
  readonly recordId: string;
  /** Its operation key. */
  readonly key: string;
  readonly documentId: string;
  readonly documentNumber: string;
};

export type FailedRecord = {
  readonly recordId: string;
  readonly key: string;
  /** Null: the mapping gives it again. */
  readonly input: unknown;
  /** `possible`: it was done, but not as promised. */
  readonly effect: 'none' | 'possible';
  readonly code: string;
  readonly message: string;
  readonly fieldErrors: readonly FieldError[];
};

export type RetryableReason =
  | 'erp_unavailable'
  | 'rate_limited'
  | 'conflict'
  | 'server_error'
  | 'not_sent'
  | 'deadline_too_near'
  | 'adapter_fault'
  /** A look-up showed that the attempt in doubt did nothing, and no attempt is left. */
  | 'not_done';

export type DoubtReason =
  | 'timeout'
  | 'connection_lost'
  | 'answer_lost'
  | 'lease_expired'
  | 'quiet_time'
  | 'lookup_failed';

export type Outcome =
  | {
      readonly kind: 'succeeded';
      readonly effect: 'done';
      readonly document: ErpDocument;
      /** Of a batch: each of its records. */
      readonly records?: readonly RecordEffect[];
    }
  /** A batch of which some records were done. Its document counts them and names those that were not. */
  | {
      readonly kind: 'partial';
      readonly effect: 'done';
      readonly document: ErpDocument;
      readonly recordOperation: string;
      readonly succeeded: readonly RecordEffect[];
      readonly failed: readonly FailedRecord[];
    }
  /** The goal state had been reached before this attempt. */
  | { readonly kind: 'duplicate'; readonly effect: 'done'; readonly document: ErpDocument }
  /** The ERP took it and works on it. `pollAfterMs`: when it is worth asking, by the ERP's or the adapter's own word. */
  | {
      readonly kind: 'accepted';
      readonly effect: 'possible';
      readonly jobRef: string;
      readonly pollAfterMs: number;
      /** 0 to 1, where the ERP tells. */
      readonly progress: number | null;
    }
  /** Nothing happened in the ERP; trying again can help. `retryAfterMs` only ever delays. */
  | {
      readonly kind: 'retryable';
      readonly effect: 'none';
      readonly reason: RetryableReason;
      readonly message: string;
      readonly retryAfterMs?: number;
    }
  /** The ERP may have done it, or may still be doing it. `lastByteAt` (epoch ms): when the last byte of a write went out. */
  | {
      readonly kind: 'in_doubt';
      readonly effect: 'possible';
      readonly reason: DoubtReason;
      readonly message: string;
      readonly lastByteAt: number;
      readonly retryAfterMs?: number;
      /** False where nothing can find out by itself (`once: best_effort`): the doubt goes to a person. */
      readonly canLookUp: boolean;
    }
  /** `possible`: an earlier step of the same operation had written. */
  | {
      readonly kind: 'unauthorized';
      readonly effect: 'none' | 'possible';
      readonly message: string;
      /** It was the source's own credential: the target goes on with the others. */
      readonly ownCredential?: boolean;
    }
  | {
      readonly kind: 'rejected';
      /** `possible`: an earlier step of the same operation had written, a later one was refused. */
      readonly effect: 'none' | 'possible';
      /** A stable snake_case fact, e.g. `module_disabled`, `invalid_input`, `mapping_failed`, `period_closed`. */
      readonly code: string;
      readonly message: string;
      readonly fieldErrors: readonly FieldError[];
    }
  | {
      readonly kind: 'contract_broken';
      readonly effect: Effect;
      readonly issues: readonly ContractIssue[];
      /** Name and version of the adapter that read the answer. */
      readonly adapter?: string;
      /** Not tried: the delivery whose finding holds the operation. */
      readonly behind?: string;
    }
  | {
      readonly kind: 'state_mismatch';
      readonly effect: Effect;
      readonly differences: readonly StateDifference[];
      readonly document: ErpDocument;
    };

export type OutcomeKind = Outcome['kind'];
