// IP addresses and ranges in CIDR notation, both families. Pure; what is no address is in no range.
// An IPv4 address inside IPv6 (`::ffff:203.0.113.7`) is that IPv4 address.

type Address = { readonly bits: bigint; readonly family: 4 | 6 };
export type IpRange = Address & { readonly prefixLength: number };

const ipv4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const group = /^[0-9a-fA-F]{1,4}$/;
const mappedPrefix = 0xffffn;

function parseIpv4(text: string): bigint | null {
  const match = ipv4.exec(text);
  if (match === null) return null;
  const parts = match.slice(1);
  // A leading zero is octal to some readers: no address is written so.
  if (parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith('0')))) return null;
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

/** The groups of one side of `::`, with an IPv4 tail as two groups. */
function parseGroups(text: string): readonly bigint[] | null {
  if (text === '') return [];
  const found: bigint[] = [];
  const pieces = text.split(':');
  for (const [index, piece] of pieces.entries()) {
    const tail = index === pieces.length - 1 ? parseIpv4(piece) : null;
    if (tail !== null) found.push(tail >> 16n, tail & 0xffffn);
    else if (group.test(piece)) found.push(BigInt(`0x${piece}`));
    else return null;
  }
  return found;
}

function parseIpv6(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [left, right] = halves.map(parseGroups);
  if (left === undefined || left === null || right === null) return null;
  const missing = 8 - left.length - (right?.length ?? 0);
  if (right === undefined ? missing !== 0 : missing < 1) return null;
  const zeros = Array<bigint>(right === undefined ? 0 : missing).fill(0n);
  return [...left, ...zeros, ...(right ?? [])].reduce((bits, each) => (bits << 16n) | each, 0n);
}

function parseAddress(text: string): Address | null {
  const four = parseIpv4(text);
  if (four !== null) return { bits: four, family: 4 };
  const six = text.includes(':') ? parseIpv6(text) : null;
  if (six === null) return null;
  return six >> 32n === mappedPrefix ? { bits: six & 0xffffffffn, family: 4 } : { bits: six, family: 6 };
}

function width(family: 4 | 6): number {
  return family === 4 ? 32 : 128;
}

function parseRange(text: string): IpRange | null {
  const [address = '', length, ...rest] = text.split('/');
  const parsed = parseAddress(address);
  if (parsed === null || rest.length > 0) return null;
  const most = width(parsed.family);
  if (length === undefined) return { ...parsed, prefixLength: most };
  const prefixLength = /^\d{1,3}$/.test(length) ? Number(length) : -1;
  // Everybody is not a list.
  return prefixLength >= 1 && prefixLength <= most ? { ...parsed, prefixLength } : null;
}

/** Ranges by spaces or commas; null where one of them is none, or there is none at all. */
export function parseRanges(text: string): readonly IpRange[] | null {
  const ranges = text
    .split(/[\s,]+/)
    .filter((piece) => piece !== '')
    .map(parseRange);
  const found = ranges.filter((range) => range !== null);
  return found.length === 0 || found.length < ranges.length ? null : found;
}

export function isInRanges(address: string, ranges: readonly IpRange[]): boolean {
  const parsed = parseAddress(address);
  return (
    parsed !== null &&
    ranges.some(({ family, bits, prefixLength }) => {
      const shift = BigInt(width(family) - prefixLength);
      return family === parsed.family && bits >> shift === parsed.bits >> shift;
    })
  );
}
