// Takes out of an integration the routes whose operation an ERP does not run, and what nothing needs any more then: the line about it at
// the top, helpers, imports. Works on the text of the templates as they are formatted; pure.

/** `operations`: their names in code, e.g. `saleCancel`. */
export function dropRoutes(text: string, operations: readonly string[]): string {
  const kept = operations.reduce(dropRoutesOf, text);
  return kept === text ? text : dropUnusedImports(dropUnusedFunctions(kept));
}

function dropRoutesOf(text: string, operation: string): string {
  const call = new RegExp(String.raw`\n(?: *//[^\n]*\n)* *on\([^\n]*\)\.run\(${operation},`);
  let left = text;
  for (let found = call.exec(left); found !== null; found = call.exec(left)) {
    const open = found.index + found[0].length - operation.length - 2;
    const end = closingOf(left, open) + 1;
    left = `${left.slice(0, found.index)}${left.slice(left[end] === ',' ? end + 1 : end)}`;
  }
  return left === text ? text : dropMentions(left, wireName(operation));
}

/** `stockSetMany` → `stock.set_many`. */
function wireName(operation: string): string {
  const [noun = '', ...verb] = operation.split(/(?=[A-Z])/);
  return `${noun}.${verb.join('_').toLowerCase()}`;
}

/** Rows of the table in the comment at the top. */
function dropMentions(text: string, name: string): string {
  const row = new RegExp(String.raw`^//   .*\b${name.replace('.', String.raw`\.`)}(?![\w.]).*\n`, 'gm');
  return text.replace(row, '');
}

/** The place of the bracket that closes the one at `open`. No template has a bracket alone in a text or a comment of a route. */
function closingOf(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error('a route of a template does not end');
}

function isUsedOnce(text: string, name: string): boolean {
  return text.match(new RegExp(String.raw`\b${name}\b`, 'g'))?.length === 1;
}

/** Top-level functions with their comment; again, for one may have needed another. */
function dropUnusedFunctions(text: string): string {
  for (const found of text.matchAll(/\n(?:\/\*\*(?:[^*]|\*(?!\/))*\*\/\n)?function (\w+)[\s\S]*?\n}\n/g))
    if (isUsedOnce(text, found[1] ?? '')) return dropUnusedFunctions(text.replace(found[0], () => ''));
  return text;
}

function dropUnusedImports(text: string): string {
  let left = text;
  for (const [line, type = '', names = '', from] of text.matchAll(
    /^import (type )?\{([^}]*)\} from ('[^']*');\n/gm,
  )) {
    const all = names.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
    const used = all.filter((name) => !isUsedOnce(text, name.split(' ').at(-1) ?? ''));
    const kept = used.length === 0 ? '' : `import ${type}{ ${used.join(', ')} } from ${from};\n`;
    if (used.length < all.length) left = left.replace(line, () => kept);
  }
  return left;
}
