// What an ERP's HTTP API looks like to the declarative adapter, as data. All of it can stand in a JSON file; body and output may
// be functions where data does not reach. Types only: what a description must keep is in parse-description.ts.

import type { AdapterLevel, OnceLevel } from '../../core/erp.ts';
import type { JsonValue } from '../../core/json.ts';
import type { AnyOperation, InputOf } from '../../core/operation.ts';
import type { operations } from '../../operations/index.ts';
import type { HttpBatch, HttpInstance } from './batch-description.ts';

/** All that is given must hold. `place` reads `status`, `headers.…`, `body.…` of an answer, or `document.…`. */
export type Condition = {
  readonly place: string;
  readonly equals?: string | number | boolean | null | readonly (string | number | boolean | null)[];
  /** Of what is searched: the value at a place of `input`, or `key`, for an API whose search finds more than was asked for. */
  readonly equalsPlace?: string;
  /** A regular expression, without flags. */
  readonly matches?: string;
  readonly exists?: boolean;
};

/**
 * What an answer is: `success`; `unauthorized` (the token is no longer good); `rate_limited`, `unavailable`, `server_error`,
 * `conflict` (nothing was done, later it may work: a lock, a full queue); `answer_lost` (it may have been done);
 * `done_before` (a refusal that may mean it was done before: what is there is read, then decided); `missing` (there is no
 * such document); `module_disabled`; `rejected` (final); `contract_broken` (not this ERP's answer).
 */
export type AnswerKind =
  | 'success'
  | 'unauthorized'
  | 'rate_limited'
  | 'unavailable'
  | 'server_error'
  | 'conflict'
  | 'answer_lost'
  | 'done_before'
  | 'missing'
  | 'module_disabled'
  | 'rejected'
  | 'contract_broken';

/** A row of the table of answers: the first whose conditions all hold decides. */
export type AnswerRow = {
  readonly status?: number | readonly number[];
  readonly when?: readonly Condition[];
  readonly is: AnswerKind;
  /** With `rejected`: the code people see, instead of the ERP's own. */
  readonly code?: string;
};

export type ErrorPlaces = {
  /** Where the ERP's error code is. An answer that holds one is a failure, whatever its status. */
  readonly code?: string;
  readonly message?: string;
  /** A list of what is wrong with which field: places within `item`. A list of names is read as a path. */
  readonly fields?: { readonly list: string; readonly field: string; readonly rule?: string };
  /** The one field a refusal names: all of a text, or what the first group of `matches` takes of it. */
  readonly field?: { readonly place: string; readonly matches?: string };
};

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

type Texts = Readonly<Record<string, string>>;

export type RenderContext<Input> = {
  readonly input: Input;
  readonly key: string;
  /** Null before there is one. */
  readonly document: JsonValue;
};

/** A template, or a function of what a template could read. */
export type Rendered<Input> = JsonValue | ((context: RenderContext<Input>) => JsonValue);

/** A read that finds one document. */
export type Search<Input> = {
  /** Default GET; POST for an API whose searches are posted. */
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Texts;
  readonly headers?: Texts;
  readonly body?: Rendered<Input>;
  /** Where in the answer the documents are: a list, or one document. Default `body`. */
  readonly documents?: string;
  /** Which of a list: the first for which all hold. */
  readonly where?: readonly Condition[];
};

export type FindStep<Input> = {
  /** Finds the document the next steps act on; one that is at its goal ends the operation as done before. */
  readonly find: Search<Input>;
  /** The refusal where there is none. */
  readonly missing: { readonly code: string; readonly field?: string };
};

export type SendStep<Input> = {
  readonly send: {
    readonly method: Exclude<Method, 'GET'>;
    readonly path: string;
    readonly query?: Texts;
    readonly headers?: Texts;
    readonly body?: Rendered<Input>;
    /** Where in the answer the document is. Default `body`; null: the answer shows none. */
    readonly document?: string | null;
    /** An id that is all the answer gives, as in a Location header: becomes the document `{ [as]: id }`. */
    readonly reference?: { readonly place: string; readonly matches?: string; readonly as: string };
  };
  /** Skipped where all hold of the document found or made so far. Where one is there, a step that names none in its path is, too. */
  readonly unless?: readonly Condition[];
};

export type JobPlaces = {
  /** How an answer to a write says that the ERP works on it. */
  readonly when: readonly Condition[];
  /** Its id in that answer. */
  readonly id: string;
  /** A number of milliseconds in an answer. */
  readonly pollAfterMs?: string;
  /** Where no answer says it, ms. Default 5,000. */
  readonly everyMs?: number;
  readonly poll: { readonly path: string; readonly query?: Texts; readonly headers?: Texts };
  /** Of the answer to a poll. Neither: the job failed. */
  readonly working: readonly Condition[];
  readonly done: readonly Condition[];
  /** 0 to 1. */
  readonly progress?: string;
  /** The document in the answer of a job that is done. Default: it is looked up. */
  readonly document?: string;
  /** The refusal in the answer of a job that failed. */
  readonly error?: ErrorPlaces;
};

export type HttpOperation<Input> = {
  /** Finds what an earlier attempt did, by `{key}` or a natural key. Compulsory unless `once` is `best_effort`. */
  readonly lookup?: Search<Input>;
  /** When a document is what the operation wants. Default: always. */
  readonly goal?: readonly Condition[];
  /** What a document is that the look-up found short of its goal: begun (default), or not this operation's doing. */
  readonly shortOfGoal?: 'begun' | 'not_done';
  readonly steps: readonly (FindStep<Input> | SendStep<Input>)[];
  /** How a `done_before` is checked. Default: the look-up. */
  readonly doneBefore?: Search<Input>;
  readonly job?: JobPlaces;
  /** Reads the document back; absent: the last answer shows it. */
  readonly read?: Search<Input>;
  /** The operation's output, made of `document`. */
  readonly output: Rendered<Input>;
  /** The ERP's names of fields in its refusals → the input's. `[]` stands for any index. */
  readonly fields?: Texts;
  /** Rows asked before the ERP's own. */
  readonly answers?: readonly AnswerRow[];
  /** Modules that must be on, by the names that `instance` gives. Default: what the operation requires. */
  readonly modules?: readonly string[];
};

type RotationCallPlaces = {
  /** Default POST. */
  readonly method?: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: JsonValue;
};

/** How the ERP replaces a key. `{key}` is the one the call carries, `{old}` the one to be ended. */
export type RotationPlaces = {
  /** How long a key is used, seconds; at most half its life. */
  readonly everySeconds: number;
  readonly rotate: RotationCallPlaces;
  /** The new key in the answer. */
  readonly key: string;
  /** Its life in the answer: seconds, or an ISO 8601 instant. Neither: it does not end. */
  readonly expiresInSeconds?: string;
  readonly expiresAt?: string;
  /** A read that any good key may make: only when it was answered is the new key used. */
  readonly prove: { readonly path: string };
  readonly revoke: RotationCallPlaces;
};

export type HttpSession =
  /** `value` is a template of `credential`; with a rotation of one part of it. */
  | {
      readonly kind: 'static_key';
      readonly header: string;
      readonly value: string;
      readonly rotation?: RotationPlaces;
    }
  /** Credential: `user`, `password`. */
  | { readonly kind: 'basic' }
  /** An answer that is `unauthorized` or `rejected` refuses the credential; all others pass. */
  | {
      readonly kind: 'session_login';
      readonly login: {
        readonly method?: 'POST' | 'PUT';
        readonly path: string;
        readonly headers?: Texts;
        /** One of the two, a template of `credential`. */
        readonly body?: JsonValue;
        readonly form?: Texts;
      };
      /** In the answer. */
      readonly token: string;
      /** Seconds the session lives, in the answer. */
      readonly expiresInSeconds?: string;
      /** Where no answer says it, seconds. Default 300. */
      readonly lifeSeconds?: number;
      readonly header: string;
      /** A template of `token`. */
      readonly value: string;
    }
  | {
      readonly kind: 'oauth2_client_credentials' | 'oauth2_refresh_token';
      readonly tokenPath: string;
      readonly scope?: string;
      readonly clientAuthentication?: 'basic' | 'body';
      readonly fields?: Texts;
    }
  | {
      readonly kind: 'jwt_assertion';
      readonly tokenPath: string;
      readonly algorithm: 'PS256' | 'RS256' | 'ES256';
      readonly audience: string;
      readonly grant?: 'client_assertion' | 'jwt_bearer';
      readonly scope?: string;
      readonly scopeIn?: 'claim' | 'field';
    };

type Catalogue = typeof operations;

export type HttpErpDescription = {
  readonly name: string;
  /** Rises with every change of the description. */
  readonly version: string;
  /** Default `documented`. */
  readonly level?: AdapterLevel;
  readonly once: OnceLevel;
  readonly session: HttpSession;
  /** Sent with every call. */
  readonly headers?: Texts;
  /** The header for the ERP's own idempotency keys. With `once: native_key` compulsory. */
  readonly idempotencyHeader?: string;
  readonly error?: ErrorPlaces;
  readonly answers?: readonly AnswerRow[];
  readonly operations: {
    readonly [Name in keyof Catalogue]?: Catalogue[Name] extends AnyOperation
      ? HttpOperation<InputOf<Catalogue[Name]>>
      : never;
  };
  /** By the batch's name, `stock.set_many`; the operation of its records has to be described too. */
  readonly batches?: { readonly [Name in keyof Catalogue]?: HttpBatch };
  readonly instance?: HttpInstance;
};
