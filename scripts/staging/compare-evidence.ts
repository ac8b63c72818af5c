// What an ERP's upgrade changed, as far as the staging suite sees it: fields gone or of another type, states and amounts that
// differ. Pure. New fields are no difference: nothing rests on them.

export type Evidence = {
  readonly erp: string;
  readonly version: string;
  readonly shapes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly documents: Readonly<Record<string, unknown>>;
};

/** @returns one line a difference, in the order of the baseline; empty: nothing changed */
export function compareEvidence(baseline: Evidence, found: Evidence): string[] {
  return [...shapeDifferences(baseline, found), ...documentDifferences(baseline, found)];
}

function shapeDifferences(baseline: Evidence, found: Evidence): string[] {
  return Object.entries(baseline.shapes).flatMap(([model, fields]) => {
    const now = found.shapes[model];
    if (now === undefined) return [`${model}: gone`];
    return Object.entries(fields).flatMap(([field, type]) => {
      const other = now[field];
      if (other === undefined) return [`${model}.${field}: gone`];
      return other === type ? [] : [`${model}.${field}: ${type} before, ${other} now`];
    });
  });
}

function documentDifferences(baseline: Evidence, found: Evidence): string[] {
  return Object.entries(baseline.documents).flatMap(([scenario, documents]) => {
    if (!(scenario in found.documents)) return [`${scenario}: not found out this time`];
    return valueDifferences(documents, found.documents[scenario], scenario);
  });
}

function valueDifferences(before: unknown, now: unknown, path: string): string[] {
  if (isBranch(before) && isBranch(now) && Array.isArray(before) === Array.isArray(now)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
    return names.flatMap((name) =>
      valueDifferences(Reflect.get(before, name), Reflect.get(now, name), joined(path, name, before)),
    );
  }
  const [was, is] = [before, now].map((value) => JSON.stringify(value) ?? 'nothing');
  return was === is ? [] : [`${path}: ${was} before, ${is} now`];
}

const joined = (path: string, name: string, parent: object): string =>
  Array.isArray(parent) ? `${path}[${name}]` : `${path}.${name}`;

const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null;
