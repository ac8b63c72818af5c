// Tables in Markdown. Knows nothing of what stands in them.

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map(toCell).join(' | ')} |`.replaceAll(/ {2,}\|/g, ' |');
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function toCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

export function code(text: string): string {
  return `\`${text}\``;
}

/** At the head of a page, so that nobody edits what is written over. */
export const generatedNote = '<!-- Made from the code by `npm run docs`: edit that, not this. -->';
