// Templates: how data of one shape is written as data of another, without code. A text that is one placeholder gives the value
// as it is; within other text it is written out; `$each` repeats, `$map` translates. Pure, parsed once at start.
// A value that is not there is named, not guessed; `?` says that it may be absent, and then its member is left out.

import { isJsonObject, type JsonValue } from '../../core/json.ts';
import { type Filter, parseFilter } from './filters.ts';
import { type Place, parsePlace } from './place.ts';

/** One placeholder. */
export type Slot = {
  readonly place: Place;
  readonly isOptional: boolean;
  readonly filters: readonly Filter[];
};

export type Template =
  | { readonly kind: 'literal'; readonly value: JsonValue }
  | { readonly kind: 'slot'; readonly slot: Slot }
  | { readonly kind: 'text'; readonly parts: readonly (string | Slot)[] }
  | { readonly kind: 'list'; readonly items: readonly Template[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, Template])[] }
  | { readonly kind: 'each'; readonly list: Slot; readonly item: Template }
  | {
      readonly kind: 'map';
      readonly slot: Slot;
      readonly values: Readonly<Record<string, JsonValue>>;
      readonly otherwise: JsonValue | undefined;
    };

/** What is wrong, at which place of the template ("" is the whole). */
export type TemplateProblem = { readonly at: string; readonly rule: string };

/** What a placeholder reads, for checks against what there is to read. */
export type TemplateSlot = { readonly at: string; readonly place: Place; readonly isOptional: boolean };

export type ParsedTemplate = {
  readonly template: Template;
  readonly problems: readonly TemplateProblem[];
  /** With `item` written out: `input.lines[].sku`. */
  readonly slots: readonly TemplateSlot[];
};

type Found = { readonly problems: TemplateProblem[]; readonly slots: TemplateSlot[] };

export function parseTemplate(source: JsonValue): ParsedTemplate {
  const found: Found = { problems: [], slots: [] };
  const template = parseNode(source, { at: '', item: null }, found);
  return { template, ...found };
}

type Where = { readonly at: string; readonly item: Place | null };

const below = (where: Where, step: string): Where => ({ ...where, at: `${where.at}${step}` });

function parseNode(source: JsonValue, where: Where, found: Found): Template {
  if (typeof source === 'string') return parseText(source, where, found);
  if (Array.isArray(source)) {
    const items = source.map((item, index) => parseNode(item, below(where, `[${index}]`), found));
    return { kind: 'list', items };
  }
  if (!isJsonObject(source)) return { kind: 'literal', value: source };
  if ('$each' in source) return parseEach(source, where, found);
  if ('$map' in source) return parseMap(source, where, found);
  const members = Object.entries(source).flatMap(([name, member]) =>
    member === undefined ? [] : [[name, parseNode(member, below(where, `.${name}`), found)] as const],
  );
  return { kind: 'object', members };
}

function parseEach(
  source: Readonly<Record<string, JsonValue | undefined>>,
  where: Where,
  found: Found,
): Template {
  const { $each, $item, ...others } = source;
  const list = typeof $each === 'string' ? parseSlot($each, below(where, '.$each'), found) : null;
  if (list === null || $item === undefined || Object.keys(others).length > 0) {
    const rule = 'must be { "$each": "a place that holds a list", "$item": template }';
    found.problems.push({ at: where.at, rule });
    return { kind: 'literal', value: null };
  }
  const item = { ...list.place, segments: [...list.place.segments, '[]'] };
  return { kind: 'each', list, item: parseNode($item, { ...below(where, '.$item'), item }, found) };
}

function parseMap(
  source: Readonly<Record<string, JsonValue | undefined>>,
  where: Where,
  found: Found,
): Template {
  const { $map, values, otherwise, ...others } = source;
  const slot = typeof $map === 'string' ? parseSlot($map, below(where, '.$map'), found) : null;
  if (slot === null || !isJsonObject(values) || Object.keys(others).length > 0) {
    const rule = 'must be { "$map": "a place", "values": { "from": to }, "otherwise"?: value }';
    found.problems.push({ at: where.at, rule });
    return { kind: 'literal', value: null };
  }
  return { kind: 'map', slot, values: values as Readonly<Record<string, JsonValue>>, otherwise };
}

/** Doubled braces are braces. */
const piecePattern = /\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+/g;

function parseText(source: string, where: Where, found: Found): Template {
  const parts: (string | Slot)[] = [];
  for (const [piece, inside] of source.matchAll(piecePattern)) {
    if (inside !== undefined) {
      const slot = parseSlot(inside, where, found);
      if (slot !== null) parts.push(slot);
    } else if (piece === '{' || piece === '}') {
      found.problems.push({ at: where.at, rule: `a ${piece} stands alone in ${source}: write it twice` });
    } else parts.push(piece === '{{' || piece === '}}' ? piece.charAt(0) : piece);
  }
  const [first] = parts;
  if (parts.length === 1 && first !== undefined && typeof first !== 'string')
    return { kind: 'slot', slot: first };
  if (parts.every((part) => typeof part === 'string')) return { kind: 'literal', value: parts.join('') };
  return { kind: 'text', parts };
}

function parseSlot(source: string, where: Where, found: Found): Slot | null {
  const [written = '', ...filterTexts] = source.split('|').map((part) => part.trim());
  const isOptional = written.endsWith('?');
  const place = parsePlace(isOptional ? written.slice(0, -1) : written);
  const filters = filterTexts.map(parseFilter);
  const unknown = filterTexts.find((_text, index) => filters[index] === null);
  if (place === null || unknown !== undefined) {
    const rule = place === null ? `{${source}} names no place` : `{${source}}: there is no filter ${unknown}`;
    found.problems.push({ at: where.at, rule });
    return null;
  }
  if (place.root === 'item' && where.item === null) {
    found.problems.push({ at: where.at, rule: `{${source}}: item is there within $item only` });
    return null;
  }
  const known = filters.filter((filter) => filter !== null);
  const isAbsentFine = isOptional || known.some(({ name }) => name === 'or');
  const whole =
    place.root === 'item' && where.item !== null
      ? { ...where.item, segments: [...where.item.segments, ...place.segments] }
      : place;
  found.slots.push({ at: where.at, place: { ...whole, text: place.text }, isOptional: isAbsentFine });
  return { place, isOptional, filters: known };
}

/** Whether it reads a value of that root. */
export function readsRoot(template: Template, root: string): boolean {
  switch (template.kind) {
    case 'slot':
      return template.slot.place.root === root;
    case 'text':
      return template.parts.some((part) => typeof part !== 'string' && part.place.root === root);
    case 'list':
      return template.items.some((item) => readsRoot(item, root));
    case 'object':
      return template.members.some(([, member]) => readsRoot(member, root));
    case 'each':
      return template.list.place.root === root || readsRoot(template.item, root);
    case 'map':
      return template.slot.place.root === root;
    case 'literal':
      return false;
  }
}
