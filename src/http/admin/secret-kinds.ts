// What secrets there are, who may set which, and what each must hold: webhook secrets and API tokens of sources, ERP credentials of
// targets. Pure. Messages name fields, never values.

import { type AccessView, isWhole } from '../../core/identity/access-view.ts';
import type { FieldError } from '../../core/outcome.ts';
import type { RelayDefinition, SourceDefinition } from '../../core/relay-definition.ts';
import type { TargetDefinition } from '../../core/target.ts';

type Names = Pick<RelayDefinition, 'sources' | 'targets'>;

/** `sender_api`: with which a sender is asked for its records; `sender_list`: for what it has sent. */
export const secretKinds = ['source', 'target', 'sender_api', 'sender_list'] as const;

/**
 * Of a source or target of this relay that the caller sees. A target's own credential is everybody's who runs there: who sees a part of
 * the relay may set that of its sources there alone (`erp@shopify`).
 */
export function isVisibleSecret({ sources, targets }: Names, view: AccessView, name: string): boolean {
  const [kind, id = ''] = name.split('/');
  switch (kind) {
    case 'source':
      return sources.has(id);
    case 'sender_api':
      return (sources.get(id)?.enrich?.api.tokenVariable ?? null) !== null;
    case 'sender_list':
      return (sources.get(id)?.reconcile?.api.tokenVariable ?? null) !== null;
    case 'target': {
      const [target = '', source] = id.split('@');
      return targets.has(target) && (source === undefined ? isWhole(view) : sources.has(source));
    }
    default:
      return false;
  }
}

type Fields = { readonly fields: readonly string[]; readonly optionalFields: readonly string[] };

/** What each needs, whether or not it is set: for whoever may set it. */
export function settableSecrets(
  names: Names,
  view: AccessView,
): readonly ({ readonly name: string } & Fields)[] {
  const { sources, targets } = names;
  const posting = [...sources.values()].filter(({ watch }) => watch === undefined);
  const token = { fields: ['token'], optionalFields: [] };
  return [
    ...posting.map(({ id }) => ({ name: `source/${id}`, ...sourceFields(sources.get(id)) })),
    ...posting.map(({ id }) => ({ name: `sender_api/${id}`, ...token })),
    ...posting.map(({ id }) => ({ name: `sender_list/${id}`, ...token })),
    // One that is not logged in to has none.
    ...[...targets.values()]
      .map((target) => ({ name: `target/${target.id}`, ...targetFields(target) }))
      .filter(({ fields, optionalFields }) => fields.length + optionalFields.length > 0),
  ].filter(({ name }) => isVisibleSecret(names, view, name));
}

function sourceFields(source: SourceDefinition | undefined): Fields {
  return { fields: ['secret'], optionalFields: source?.preset.credentials ?? [] };
}

function targetFields(target: TargetDefinition | undefined): Fields {
  const all = target?.adapter.credentialFields ?? [];
  const optionalFields = target?.adapter.session.optionalFields ?? [];
  return { fields: all.filter((field) => !optionalFields.includes(field)), optionalFields };
}

/** A secret nobody could use is refused here, and not by the first webhook. */
export function secretProblems(
  { sources, targets }: Names,
  name: string,
  values: Readonly<Record<string, string>>,
): readonly FieldError[] {
  const [kind, id = ''] = name.split('/');
  if (kind === 'source') {
    const preset = sources.get(id)?.preset;
    const { secret } = values;
    const rule = secret === undefined ? 'is required' : (preset?.scheme.secretProblem(secret) ?? null);
    const own = rule === null ? [] : [{ field: 'values.secret', rule }];
    const { fields, optionalFields } = sourceFields(sources.get(id));
    return [...own, ...unknownFields(values, [...fields, ...optionalFields])];
  }
  if (kind !== 'target') return [...tokenProblems(values), ...unknownFields(values, ['token'])];
  const { fields, optionalFields } = targetFields(targets.get(id.split('@')[0] ?? ''));
  const missing = fields.filter((field) => values[field] === undefined);
  return [
    ...missing.map((field) => ({ field: `values.${field}`, rule: 'is required' })),
    ...unknownFields(values, [...fields, ...optionalFields]),
  ];
}

/** It goes into a header. */
function tokenProblems({ token }: Readonly<Record<string, string>>): readonly FieldError[] {
  if (token === undefined) return [{ field: 'values.token', rule: 'is required' }];
  if (/^[\x21-\x7e]+$/.test(token)) return [];
  return [{ field: 'values.token', rule: 'must be printable ASCII without spaces' }];
}

function unknownFields(values: object, known: readonly string[]): readonly FieldError[] {
  return Object.keys(values)
    .filter((field) => !known.includes(field))
    .map((field) => ({ field: `values.${field}`, rule: `must be one of ${known.join(', ')}` }));
}
