// A description as it is used: templates parsed, conditions readable, everything checked. Types only.

import type { AdapterLevel, ErpSession, OnceLevel } from '../../core/erp.ts';
import type { JsonValue } from '../../core/json.ts';
import type { ParsedCondition } from './condition.ts';
import type { AnswerKind, Method, RenderContext } from './description.ts';
import type { Place } from './place.ts';
import type { Template } from './template.ts';

export type Renderer =
  | { readonly kind: 'template'; readonly template: Template }
  | { readonly kind: 'function'; readonly render: (context: RenderContext<unknown>) => JsonValue };

export type NamedTemplates = readonly (readonly [name: string, template: Template])[];

export type CompiledCall = {
  readonly method: Method;
  readonly path: Template;
  readonly query: NamedTemplates;
  readonly headers: NamedTemplates;
  readonly body: Renderer | null;
};

export type CompiledSearch = {
  readonly call: CompiledCall;
  readonly documents: Place;
  readonly where: readonly ParsedCondition[];
};

export type CompiledStep =
  | {
      readonly kind: 'find';
      readonly search: CompiledSearch;
      readonly code: string;
      readonly field: string | null;
    }
  | {
      readonly kind: 'send';
      readonly call: CompiledCall;
      readonly document: Place | null;
      readonly reference: {
        readonly place: Place;
        readonly matches: RegExp | null;
        readonly as: string;
      } | null;
      readonly unless: readonly ParsedCondition[] | null;
      /** Acts on a document that is there; else it makes one. */
      readonly actsOnDocument: boolean;
    };

export type CompiledRow = {
  readonly status: readonly number[] | null;
  readonly when: readonly ParsedCondition[];
  readonly is: AnswerKind;
  readonly code: string | null;
};

export type CompiledErrorPlaces = {
  readonly code: Place | null;
  readonly message: Place | null;
  readonly fields: { readonly list: Place; readonly field: Place; readonly rule: Place | null } | null;
  readonly field: { readonly place: Place; readonly matches: RegExp | null } | null;
};

export type CompiledJob = {
  readonly when: readonly ParsedCondition[];
  readonly id: Place;
  readonly pollAfterMs: Place | null;
  readonly everyMs: number;
  readonly poll: CompiledCall;
  readonly working: readonly ParsedCondition[];
  readonly done: readonly ParsedCondition[];
  readonly progress: Place | null;
  readonly document: Place | null;
  readonly error: CompiledErrorPlaces | null;
};

/** What reading an answer needs to know. */
export type AnswerRules = {
  readonly rows: readonly CompiledRow[];
  readonly error: CompiledErrorPlaces;
  /** The ERP's field names → the input's. */
  readonly fields: readonly (readonly [from: string, to: string])[];
};

export type CompiledOperation = {
  readonly lookup: CompiledSearch | null;
  readonly goal: readonly ParsedCondition[];
  readonly shortOfGoal: 'begun' | 'not_done';
  readonly steps: readonly CompiledStep[];
  readonly doneBefore: CompiledSearch | null;
  readonly job: CompiledJob | null;
  readonly read: CompiledSearch | null;
  readonly output: Renderer;
  readonly rules: AnswerRules;
  /** Null: the ERP has none. */
  readonly idempotencyHeader: string | null;
};

export type CompiledDescription = {
  readonly name: string;
  readonly version: string;
  readonly level: AdapterLevel;
  readonly once: OnceLevel;
  readonly session: ErpSession;
  readonly credentialFields: readonly string[];
  readonly operations: Readonly<Record<string, CompiledOperation>>;
};
