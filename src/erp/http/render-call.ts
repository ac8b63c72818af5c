// A compiled call and the values at hand as a request. What is missing is a refusal that names the field, of the input or of the
// ERP's document. Pure. No value can leave its segment of the path or its line of the header.

import type { AdapterFailure, ErpCall, ErpRequest } from '../../core/erp.ts';
import type { JsonValue } from '../../core/json.ts';
import type { CompiledCall, NamedTemplates, Renderer } from './compiled.ts';
import { type Scope, toJsonPath } from './place.ts';
import { type Missing, type RenderScope, renderTemplate } from './render-template.ts';
import type { Template } from './template.ts';

export type CallValues = {
  readonly call: ErpCall<unknown>;
  /** Null: none is known yet. */
  readonly document: JsonValue;
  readonly job?: string;
  /** Of a batch: its records, and whether all or none. */
  readonly more?: Scope;
};

export type RenderedCall = { readonly kind: 'request'; readonly request: ErpRequest } | AdapterFailure;

export function renderCall(compiled: CompiledCall, values: CallValues, write: boolean): RenderedCall {
  const missing: Missing[] = [];
  const scope = scopeOf(values);
  const path = renderPath(compiled.path, scope, missing);
  const query = renderNamed(compiled.query, scope, missing);
  const headers = renderNamed(compiled.headers, scope, missing);
  const body = compiled.body === null ? undefined : render(compiled.body, values, missing);
  const failure = toFailure(missing);
  if (failure !== null) return failure;
  if (path === null) return refuseInput('', 'an id in the path must not be empty, "." or ".."');
  return {
    kind: 'request',
    request: {
      method: compiled.method,
      path,
      query,
      headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, toHeaderValue(text)])),
      ...(body === undefined ? {} : { body }),
      write,
    },
  };
}

export type RenderedValue = { readonly kind: 'value'; readonly value: JsonValue } | AdapterFailure;

export function renderValue(renderer: Renderer, values: CallValues): RenderedValue {
  const missing: Missing[] = [];
  const value = render(renderer, values, missing) ?? null;
  return toFailure(missing) ?? { kind: 'value', value };
}

function render(renderer: Renderer, values: CallValues, missing: Missing[]): JsonValue | undefined {
  if (renderer.kind === 'template') return renderTemplate(renderer.template, scopeOf(values), missing);
  const { input, key } = values.call;
  return renderer.render({ input, key, document: values.document });
}

function scopeOf({ call, document, job, more }: CallValues): RenderScope {
  const input = call.input as JsonValue;
  return { values: { input, key: call.key, document, ...(job === undefined ? {} : { job }), ...more } };
}

/** Null: a value would be no segment of its own. */
function renderPath(template: Template, scope: RenderScope, missing: Missing[]): string | null {
  let isRefused = false;
  const encode = (text: string): string => {
    isRefused ||= text === '' || text === '.' || text === '..';
    return encodeURIComponent(text);
  };
  const path = renderTemplate(template, { ...scope, encode }, missing);
  return typeof path === 'string' && !isRefused ? path : null;
}

function renderNamed(
  named: NamedTemplates,
  scope: RenderScope,
  missing: Missing[],
): Readonly<Record<string, string>> {
  const entries = named.map(([name, template]) => [name, renderTemplate(template, scope, missing)] as const);
  return Object.fromEntries(
    entries
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

/** Visible ASCII as it is, all else percent-encoded: a header holds no other sign, and no line of its own. */
export function toHeaderValue(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, encodeURIComponent);
}

function toFailure([first]: readonly Missing[]): AdapterFailure | null {
  if (first === undefined) return null;
  const { root, path } = first;
  if (root === 'records') return refuseInput(`records${toJsonPath(path).slice(1)}`, 'is needed by this ERP');
  if (root !== 'input') {
    const issue = { path: toJsonPath(path), expected: 'a value', actual: 'missing' };
    return { kind: 'contract_broken', issues: [issue] };
  }
  return refuseInput(toJsonPath(path).replace(/^\$\.?/, ''), 'is needed by this ERP');
}

function refuseInput(field: string, rule: string): AdapterFailure {
  const fieldErrors = field === '' ? [] : [{ field, rule }];
  return { kind: 'rejected', code: 'invalid_input', message: `${field} ${rule}`.trim(), fieldErrors };
}
