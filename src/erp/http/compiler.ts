// Compiles the small parts of a description — templates, conditions, places — and notes every problem with the member it stands
// in. May not know an operation or a session: those are put together of these.

import { isJsonObject, type JsonValue } from '../../core/json.ts';
import type { AnyOperation } from '../../core/operation.ts';
import type { CompiledErrorPlaces, CompiledRow, NamedTemplates, Renderer } from './compiled.ts';
import { type ParsedCondition, parseCondition, parsePattern } from './condition.ts';
import type { AnswerRow, Condition, ErrorPlaces, RenderContext } from './description.ts';
import { factOf } from './input-fields.ts';
import { type Place, parsePlace } from './place.ts';
import { parseTemplate, type Template } from './template.ts';

export type DescriptionProblem = { readonly field: string; readonly rule: string };

/** What a template may read, by root, at one place of the description. */
export type TemplateRoots = readonly string[];

export const callRoots: TemplateRoots = ['input', 'key', 'document'];

export type Compiler = {
  readonly problems: readonly DescriptionProblem[];
  readonly report: (field: string, rule: string) => void;
  readonly template: (source: JsonValue, field: string, reads: Reads) => Template;
  readonly named: (
    source: Readonly<Record<string, string>> | undefined,
    field: string,
    reads: Reads,
  ) => NamedTemplates;
  /** Functions are told from templates by being functions. */
  readonly renderer: (source: unknown, field: string, reads: Reads) => Renderer;
  readonly place: (source: string, field: string, roots: TemplateRoots) => Place;
  readonly pattern: (source: string | undefined, field: string) => RegExp | null;
  readonly conditions: (
    source: readonly Condition[] | undefined,
    field: string,
    roots: TemplateRoots,
  ) => readonly ParsedCondition[];
};

export type Reads = {
  readonly roots: TemplateRoots;
  /** Whose input `input.…` is; null: there is none. */
  readonly operation: AnyOperation | null;
};

/** What a document that was searched for may be compared with. */
const comparable: TemplateRoots = ['key', 'input'];

const nowhere: Place = { text: '', root: '', segments: [] };

export function createCompiler(): Compiler {
  const problems: DescriptionProblem[] = [];
  const report = (field: string, rule: string): void => void problems.push({ field, rule });
  const template: Compiler['template'] = (source, field, reads) => {
    const parsed = parseTemplate(source);
    for (const { at, rule } of parsed.problems) report(`${field}${at}`, rule);
    for (const { at, place, isOptional } of parsed.slots) {
      const rule = whySlotFails(place, isOptional, reads);
      if (rule !== null) report(`${field}${at}`, rule);
    }
    return parsed.template;
  };
  const place: Compiler['place'] = (source, field, roots) => {
    const parsed = parsePlace(source);
    if (parsed === null) report(field, `${source} names no place`);
    else if (!roots.includes(parsed.root)) report(field, rootRule(parsed, roots));
    return parsed ?? nowhere;
  };
  return {
    problems,
    report,
    template,
    place,
    named: (source = {}, field, reads) =>
      Object.entries(source).map(
        ([name, text]) => [name, template(text, `${field}.${name}`, reads)] as const,
      ),
    renderer: (source, field, reads) =>
      typeof source === 'function'
        ? { kind: 'function', render: source as (context: RenderContext<unknown>) => JsonValue }
        : { kind: 'template', template: template(source as JsonValue, field, reads) },
    pattern: (source, field) => {
      const pattern = source === undefined ? null : parsePattern(source);
      if (pattern === undefined) report(field, `${source} is no regular expression`);
      return pattern ?? null;
    },
    conditions: (source = [], field, roots) =>
      source.flatMap((condition, index) => {
        const parsed = parseCondition(condition);
        const at = `${field}[${index}]`;
        if (typeof parsed === 'string') report(at, parsed);
        else if (!roots.includes(parsed.place.root)) report(`${at}.place`, rootRule(parsed.place, roots));
        else if (parsed.equalsPlace !== null && !comparable.includes(parsed.equalsPlace.root)) {
          report(`${at}.equalsPlace`, rootRule(parsed.equalsPlace, comparable));
        }
        return typeof parsed === 'string' ? [] : [parsed];
      }),
  };
}

function rootRule({ text }: Place, roots: TemplateRoots): string {
  return `${text} must begin with ${roots.join(', ')}`;
}

function whySlotFails(place: Place, isOptional: boolean, { roots, operation }: Reads): string | null {
  if (!roots.includes(place.root)) return rootRule(place, roots);
  if (place.root !== 'input' || operation === null) return null;
  const fact = factOf(operation.input, place.segments);
  if (fact === 'unknown') return `{${place.text}}: the input of ${operation.name} has no such field`;
  if (fact !== 'optional' || isOptional) return null;
  return `{${place.text}} may be absent: write {${place.text}?}, or give a value with |or:`;
}

const answerRoots: TemplateRoots = ['status', 'headers', 'body'];

export function compileRows(
  compiler: Compiler,
  rows: readonly AnswerRow[] | undefined,
  field: string,
): readonly CompiledRow[] {
  return (rows ?? []).map(({ status, when, is, code }, index) => {
    const at = `${field}[${index}]`;
    if (status === undefined && (when === undefined || when.length === 0)) {
      compiler.report(at, 'must say a status or a condition: else no row after it is asked');
    }
    if (code !== undefined && is !== 'rejected') compiler.report(`${at}.code`, 'is there for rejected only');
    const list = status === undefined ? null : typeof status === 'number' ? [status] : status;
    return {
      status: list,
      when: compiler.conditions(when, `${at}.when`, answerRoots),
      is,
      code: code ?? null,
    };
  });
}

export function compileErrorPlaces(
  compiler: Compiler,
  source: ErrorPlaces | undefined,
  field: string,
): CompiledErrorPlaces {
  return compileErrorPlacesFrom(answerRoots, source, { compiler, field });
}

/** @param from what the places may be in */
export function compileErrorPlacesFrom(
  from: TemplateRoots,
  source: ErrorPlaces | undefined,
  { compiler, field }: { readonly compiler: Compiler; readonly field: string },
): CompiledErrorPlaces {
  const optional = (text: string | undefined, name: string, roots: TemplateRoots) =>
    text === undefined ? null : compiler.place(text, `${field}.${name}`, roots);
  const { code, message, fields, field: one } = source ?? {};
  return {
    code: optional(code, 'code', from),
    message: optional(message, 'message', from),
    fields:
      fields === undefined
        ? null
        : {
            list: compiler.place(fields.list, `${field}.fields.list`, from),
            field: compiler.place(fields.field, `${field}.fields.field`, ['item']),
            rule: optional(fields.rule, 'fields.rule', ['item']),
          },
    field:
      one === undefined
        ? null
        : {
            place: compiler.place(one.place, `${field}.field.place`, from),
            matches: compiler.pattern(one.matches, `${field}.field.matches`),
          },
  };
}

export { answerRoots };

/** For checks of what an output holds. */
export function membersOf(source: unknown): readonly string[] | null {
  return isJsonObject(source) && !('$each' in source) && !('$map' in source) ? Object.keys(source) : null;
}
