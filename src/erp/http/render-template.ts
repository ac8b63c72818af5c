// Templates with values in them. Undefined is absent; what was needed and is absent is told, never guessed. Pure.

import type { JsonValue } from '../../core/json.ts';
import { applyFilter } from './filters.ts';
import { type Place, readPlace, type Scope } from './place.ts';
import type { Slot, Template } from './template.ts';

/** The root and path of each value that was needed and is not there. */
export type Missing = { readonly root: string; readonly path: readonly (string | number)[] };

export type RenderScope = {
  readonly values: Scope;
  /** Where the present `item` stands. */
  readonly item?: Missing;
  /** What becomes of a value within a text: a segment of a path is encoded. */
  readonly encode?: (text: string) => string;
};

/** Undefined: absent. What was needed and is absent is added to `missing`. */
export function renderTemplate(
  template: Template,
  scope: RenderScope,
  missing: Missing[],
): JsonValue | undefined {
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'slot':
      return readSlot(template.slot, scope, missing);
    case 'text':
      return renderText(template.parts, scope, missing);
    case 'list':
      return present(template.items.map((item) => renderTemplate(item, scope, missing)));
    case 'object': {
      const members = template.members.map(
        ([name, member]) => [name, renderTemplate(member, scope, missing)] as const,
      );
      return Object.fromEntries(members.filter(([, value]) => value !== undefined));
    }
    case 'each':
      return renderEach(template, scope, missing);
    case 'map': {
      const value = readSlot(template.slot, scope, missing);
      if (value === undefined) return undefined;
      const name = typeof value === 'string' ? value : JSON.stringify(value);
      if (Object.hasOwn(template.values, name)) return template.values[name];
      // Kept as it is: what an ERP calls a state nobody foresaw shows in the comparison, and in a refusal of the input.
      return template.otherwise ?? value;
    }
  }
}

function renderEach(
  { list, item }: Extract<Template, { kind: 'each' }>,
  scope: RenderScope,
  missing: Missing[],
): JsonValue | undefined {
  const values = readSlot(list, scope, missing);
  if (values === undefined) return undefined;
  if (!Array.isArray(values)) {
    missing.push(placeOf(list.place, scope));
    return undefined;
  }
  const { root, path } = placeOf(list.place, scope);
  const items = values.map((value: JsonValue, index) => {
    const inner = { values: { ...scope.values, item: value }, item: { root, path: [...path, index] } };
    return renderTemplate(item, inner, missing);
  });
  return present(items);
}

function present(items: readonly (JsonValue | undefined)[]): JsonValue[] {
  return items.filter((item) => item !== undefined);
}

function renderText(parts: readonly (string | Slot)[], scope: RenderScope, missing: Missing[]): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      const value = readSlot(part, scope, missing) ?? '';
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return scope.encode === undefined ? text : scope.encode(text);
    })
    .join('');
}

function readSlot(slot: Slot, scope: RenderScope, missing: Missing[]): JsonValue | undefined {
  let value: JsonValue | undefined = readPlace(slot.place, scope.values) ?? undefined;
  for (const filter of slot.filters) value = applyFilter(filter, value);
  if (value === undefined && !slot.isOptional) missing.push(placeOf(slot.place, scope));
  return value;
}

function placeOf({ root, segments }: Place, { item }: RenderScope): Missing {
  return root === 'item' && item !== undefined
    ? { root: item.root, path: [...item.path, ...segments] }
    : { root, path: segments };
}
