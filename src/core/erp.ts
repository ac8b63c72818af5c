// The contract of an ERP adapter: lookup → perform → verify, because the HTTP status is not the result.
// Pure types. An adapter imports core and operations only; the connection it gets does the I/O.

import type { DeclaredCapabilities, ReadInstance, Unsupported } from './erp-capabilities.ts';
import type { JsonValue } from './json.ts';
import type { AnyOperation, InputOf } from './operation.ts';
import type { ContractIssue, FieldError, RetryableReason } from './outcome.ts';
import type { Result } from './result.ts';
import type { RenewSubscriptions } from './subscriptions.ts';
import type { ChangeFeed } from './watch.ts';

export type ErpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export type ErpRequest = {
  readonly method: ErpMethod;
  /** Appended to the target's base URL; begins with `/`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: JsonValue;
  /** Sent as `application/x-www-form-urlencoded` instead of a JSON body: what OAuth token endpoints take. */
  readonly form?: Readonly<Record<string, string>>;
  /** True where the call may change the ERP. Decides what a time-out means, and is fenced by the lease. */
  readonly write: boolean;
};

export type ErpResponse = {
  readonly kind: 'response';
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed where the body is JSON, else undefined. */
  readonly json: JsonValue | undefined;
  /** The body as text, capped at the limit of src/core/limits.ts. */
  readonly text: string;
};

export type ErpCallFailure =
  /** The request did not leave: nothing happened. */
  | {
      readonly kind: 'not_sent';
      readonly reason: 'egress_refused' | 'deadline_too_near' | 'stopped';
      readonly message: string;
    }
  /** The request left and no usable answer came. `lastByteAt`: epoch ms. For a write this is doubt. */
  | {
      readonly kind: 'no_answer';
      readonly reason: 'timeout' | 'connection_lost' | 'answer_too_large';
      readonly message: string;
      readonly lastByteAt: number;
    }
  /** The ERP refused the credentials, also after one refresh. */
  | {
      readonly kind: 'unauthorized';
      readonly message: string;
      /** It was the source's own credential on the target: it says nothing of the others'. */
      readonly ownCredential?: boolean;
    };

/** Sends one call to the target: token, time-out, size cap, egress rules and the record of the exchange are its business. */
export interface ErpConnection {
  send(request: ErpRequest): Promise<ErpResponse | ErpCallFailure>;
}

export type ErpCall<Input> = {
  readonly input: Input;
  /** The operation key. Stamped by the adapter into a searchable, best a unique, field of the document. */
  readonly key: string;
  /** Operation key + input hash: what an ERP with native idempotency keys is sent. */
  readonly idempotencyKey: string;
  readonly erp: ErpConnection;
};

/** What `lookup` says. A document that exists but is short of the goal state is `unfinished`: perform resumes from it. */
export type Lookup =
  | { readonly kind: 'found'; readonly answer: JsonValue }
  | { readonly kind: 'unfinished'; readonly answer: JsonValue }
  | { readonly kind: 'not_found' }
  | AdapterFailure;

/** `answer`: what verify needs. `already`: the ERP said "already done" and a read showed the goal state: a duplicate. */
export type Performed =
  | { readonly kind: 'performed'; readonly answer: JsonValue; readonly already?: true }
  /** The ERP finishes it later: `poll` asks after `jobRef`. */
  | { readonly kind: 'accepted'; readonly jobRef: string; readonly pollAfterMs: number }
  | AdapterFailure;

/** What asking after a job says. `job_unknown`: the ERP has forgotten it, so a look-up has to tell what it did. */
export type Polled =
  | { readonly kind: 'working'; readonly pollAfterMs: number; readonly progress: number | null }
  | { readonly kind: 'performed'; readonly answer: JsonValue }
  | { readonly kind: 'job_unknown' }
  /** `rejected`: the job ended and did nothing. */
  | AdapterFailure;

/** `output`: the candidate for the operation's output schema. */
export type Verified = { readonly kind: 'verified'; readonly output: JsonValue } | AdapterFailure;

/** An answer an adapter classified as a failure. The pipeline turns it into an Outcome, adding what was sent and when. */
export type AdapterFailure =
  | {
      readonly kind: 'retryable';
      readonly reason: RetryableReason;
      readonly message: string;
      readonly retryAfterMs?: number;
    }
  /** Only for an ERP that answered (502, 504, a cut body) and may have done the write. */
  | { readonly kind: 'answer_lost'; readonly message: string }
  | {
      readonly kind: 'rejected';
      readonly code: string;
      readonly message: string;
      readonly fieldErrors: readonly FieldError[];
    }
  | { readonly kind: 'contract_broken'; readonly issues: readonly ContractIssue[] }
  | { readonly kind: 'call_failed'; readonly failure: ErpCallFailure };

export interface OperationHandler<O extends AnyOperation = AnyOperation> {
  /** Finds what an earlier attempt may have done, by the operation key. Reads only. */
  lookup(call: ErpCall<InputOf<O>>): Promise<Lookup>;
  /** Does it. `unfinished` is the answer of a lookup that found a started document, else null. */
  perform(call: ErpCall<InputOf<O>>, unfinished: JsonValue | null): Promise<Performed>;
  /** Reads the resulting state: from the answer where it holds the state, else from the ERP. Reads only. */
  verify(call: ErpCall<InputOf<O>>, answer: JsonValue): Promise<Verified>;
  /** Asks after a job that `perform` was answered with. Reads only. Compulsory where `perform` may give `accepted`. */
  poll?(call: ErpCall<InputOf<O>>, jobRef: string): Promise<Polled>;
}

/** One record of a batch, as it is sent. */
export type BatchRecord = {
  readonly recordId: string;
  /** Stamped into the record's own document. */
  readonly key: string;
  /** Place in the batch as the caller gave it, from 0: what `records[2].quantity` names. */
  readonly index: number;
  readonly input: unknown;
};

export type BatchCall = {
  readonly records: readonly BatchRecord[];
  /** The batch's own operation key. */
  readonly key: string;
  readonly idempotencyKey: string;
  readonly erp: ErpConnection;
};

/** `answer`: the candidate for the output schema of the record's operation. */
export type RecordDone = { readonly recordId: string; readonly answer: JsonValue };

export type RecordRefused = {
  readonly recordId: string;
  readonly code: string;
  readonly message: string;
  readonly fieldErrors: readonly FieldError[];
};

/** Every record is in one of the lists; whatever may still come of one is `answer_lost` for the whole. */
export type BatchPerformed =
  | {
      readonly kind: 'performed';
      readonly done: readonly RecordDone[];
      readonly refused: readonly RecordRefused[];
    }
  | AdapterFailure;

export interface BatchHandler {
  /** Whether it can do all records or none. */
  readonly atomic: boolean;
  /** The records an earlier attempt did, by their keys. Reads only. */
  lookup(
    call: BatchCall,
  ): Promise<{ readonly kind: 'looked_up'; readonly done: readonly RecordDone[] } | AdapterFailure>;
  /** With `atomic` all or none: a refused record refuses the batch, `rejected` with `records[2].…` as fields. */
  perform(call: BatchCall, options: { readonly atomic: boolean }): Promise<BatchPerformed>;
}

/** How sure an adapter can be that a look-up finds what was done. With `best_effort` doubt goes to a person. */
export type OnceLevel = 'native_key' | 'unique_field' | 'searchable_field' | 'best_effort';

/** `proven`: against a running ERP in the tests; `recorded`: real bodies; `documented`: by its documentation only. */
export type AdapterLevel = 'proven' | 'recorded' | 'documented';

export type LoginResult =
  | {
      readonly kind: 'logged_in';
      readonly token: string;
      /** Epoch ms; `neverExpiresAt` of token-life.ts where it does not end. */
      readonly expiresAt: number;
      /** Takes the place of the one before; kept before the token is used. */
      readonly refreshToken?: string;
      /** When the refresh token ends whatever happens, epoch ms. */
      readonly refreshExpiresAt?: number;
    }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly message: string };

/**
 * How a target's token is come by. `static_key`: the credential is the token. `oauth2_refresh_token`: each use gives a new
 * refresh token, which has to be kept.
 */
export type TokenStrategy =
  | 'static_key'
  | 'session_login'
  | 'oauth2_client_credentials'
  | 'oauth2_refresh_token'
  | 'jwt_assertion';

export type RefreshGrant = {
  readonly credential: Readonly<Record<string, string>>;
  readonly refreshToken: string;
  /** Epoch ms. */
  readonly now: number;
};

/** What a step of a key's rotation gets. `erp` carries the key that the step says. */
export type RotationCall = {
  readonly erp: ErpConnection;
  readonly credential: Readonly<Record<string, string>>;
  /** The key as it is sent. */
  readonly key: string;
  /** Epoch ms. */
  readonly now: number;
};

export type RotatedKey =
  /** `expiresAt`: epoch ms; `neverExpiresAt` of token-life.ts where it does not end. */
  | { readonly kind: 'rotated'; readonly key: string; readonly expiresAt: number }
  /** The ERP will not issue one to this key. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly message: string };

/** `done`: it works, or the old one is gone (also where it was gone before). */
export type RotationStep =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly message: string };

/** How a static key is replaced by a new one of the ERP's, before it ends and without a person. */
export interface KeyRotation {
  /** How long a key is used, ms; at most half its life, where its end is known. */
  readonly everyMs: number;
  /** Asks for a new key, with the present one. */
  rotate(call: RotationCall): Promise<RotatedKey>;
  /** A read with the new key: only when it was taken is the key handed out. */
  prove(call: RotationCall): Promise<RotationStep>;
  /** Ends `old`, with the new key, when nobody uses it any more. */
  revoke(call: RotationCall & { readonly old: string }): Promise<RotationStep>;
}

export interface ErpSession {
  /** With `static_key`: how it is replaced. Needs TOKEN_KEY, for the new key is kept nowhere else. */
  readonly rotation?: KeyRotation;
  /** Absent: `session_login`. */
  readonly strategy?: TokenStrategy;
  /** Gets a token with the refresh token that was kept, instead of the credential. `refused`: it is no longer good. */
  refresh?(erp: ErpConnection, grant: RefreshGrant): Promise<LoginResult>;
  /** Parts of the credential that may be missing, e.g. `expiresAt`. */
  readonly optionalFields?: readonly string[];
  /** Gets a token with the target's credential. `send` here carries no token. Called by one writer, single flight. */
  login(erp: ErpConnection, credential: Readonly<Record<string, string>>, now: number): Promise<LoginResult>;
  /** Header(s) that carry the token. */
  authorize(token: string): Readonly<Record<string, string>>;
  /** For an ERP that takes the token in the body: the request as it is sent. What is recorded is the request without it. */
  place?(request: ErpRequest, token: string): ErpRequest;
  /** True where an answer says the token is no longer good, whatever its status (a 200 with an error envelope too). */
  isExpired(response: ErpResponse): boolean;
}

/** A read whose answers show the shape an operation relies on: `npm run drift` compares them with it. */
export type ErpSample = {
  /** The operation whose output the documents must be. */
  readonly operation: AnyOperation;
  /** Always a GET. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** The documents in the answer, or what is wrong with the answer where they are not there. */
  documents(answer: JsonValue): Result<readonly JsonValue[], ContractIssue>;
};

/** What is wrong with how an adapter was configured: the member, and the rule it breaks. */
export type AdapterProblem = { readonly field: string; readonly rule: string };

export interface ErpAdapter {
  readonly name: string;
  /** Rises with every change of what is read from or written to the ERP; shown where an answer breaks the contract. */
  readonly version: string;
  readonly level: AdapterLevel;
  readonly once: OnceLevel;
  /** Names of the credential's parts, e.g. ['keyId', 'secret']; a target must supply each. */
  readonly credentialFields: readonly string[];
  readonly session: ErpSession;
  readonly operations: Readonly<Record<string, OperationHandler | undefined>>;
  /** Batch operations it runs. */
  readonly batches?: Readonly<Record<string, BatchHandler | undefined>>;
  /** What cannot be seen from its handlers; only for operations it runs. */
  readonly capabilities?: DeclaredCapabilities;
  /** Why it does not run the others. */
  readonly unsupported?: Unsupported;
  /** Asks the running ERP for its version, company, modules and locked days. Reads only; absent: it cannot be asked. */
  readonly readInstance?: ReadInstance;
  /** Reads that change nothing; absent: the adapter has none to offer. */
  samples?(): readonly ErpSample[];
  /** What changed in the ERP since a cursor; absent: it cannot be watched. */
  readonly changes?: ChangeFeed;
  /** Keeps the webhooks that the ERP sends as long as they are renewed; absent: it sends none, or without an end. */
  readonly renewSubscriptions?: RenewSubscriptions;
  /** Of its configuration; with any of them the relay does not start. */
  readonly problems?: readonly AdapterProblem[];
}
