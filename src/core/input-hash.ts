// A digest of an operation's input: the same input gives the same text whatever the order of its keys. Pure (WebCrypto).

/** SHA-256 of the canonical JSON, the first 128 bits as hex: enough to tell two inputs of one operation key apart. */
export async function hashInput(input: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(canonicalJson(input));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  let hex = '';
  for (const byte of digest.subarray(0, 16)) hex += byte.toString(16).padStart(2, '0');
  return hex;
}

/**
 * JSON with sorted keys; members that are undefined are left out, as in JSON.stringify. Written out in one text, because it
 * runs for every attempt: a list of members and a list of texts for each object cost more than the text itself.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return canonicalArray(value);
  let text = '';
  for (const name of Object.keys(value).sort()) {
    const member = (value as Readonly<Record<string, unknown>>)[name];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

function canonicalArray(items: readonly unknown[]): string {
  let text = '';
  for (const [index, item] of items.entries()) text += (index === 0 ? '' : ',') + canonicalJson(item ?? null);
  return `[${text}]`;
}
