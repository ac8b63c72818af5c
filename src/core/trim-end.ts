// Cuts a repeated character off the end of a text, in one pass from the end. Pure. The expression /x+$/ does the same but
// starts over at every x in the middle: a body full of them would hold the isolate for minutes.

/** `trimEnd('/a//', '/')` is `/a`. `character`: exactly one UTF-16 unit. */
export function trimEnd(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end -= 1;
  return text.slice(0, end);
}
