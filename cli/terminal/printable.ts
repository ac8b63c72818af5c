// Makes text of a webhook or an ERP safe to print: a terminal obeys control characters, and what a sender wrote may not move the
// cursor, rename the window, hide a line or turn the order of letters. Pure.

/** C0 but tab and line feed, DEL, C1, line and paragraph separators, and what changes the direction of text or is not seen. */
const controls =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Of several lines: lines and tabs stay. */
export function printable(text: string): string {
  return text.replaceAll(controls, escaped);
}

/** Of one line. */
export function printableLine(text: string): string {
  return printable(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

/** JSON that a terminal may show: the same value, with the same characters written as escapes. */
export function printableJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent).replaceAll(
    controls,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
