// A block of the journal: the records of one partition that simply succeeded, many in one row, deflated. Bodies stand apart
// from the rest, so that lists do not read them and retention can remove them by writing one row. Knows no SQL.
// Format 1: two JSON lists of the same length and order, deflated without a header. A new format gets a new number.

import type { Attempt } from '../../core/delivery.ts';
import type { EventPayload } from '../../core/event.ts';
import { parseId } from '../../core/ids.ts';
import { limits } from '../../core/limits.ts';
import type { EventRecord } from '../../core/sequencer/record.ts';
import type { JournalEntry } from '../../pipeline/ports.ts';
import { toSearchText } from './block-search.ts';

export const blockFormat = 1;

/** A record with its attempts; what they sent and got is in the bodies. */
export type BlockEntry = { readonly record: EventRecord; readonly attempts: readonly Attempt[] };

/** What belongs to the entry at the same place. */
export type BlockBody = {
  readonly payload: EventPayload;
  readonly attempts: readonly Pick<Attempt, 'exchanges' | 'input'>[];
};

export type JournalBlock = {
  readonly toNumber: number;
  readonly firstNumber: number;
  readonly lastNumber: number;
  readonly firstReceivedAt: number;
  readonly lastReceivedAt: number;
  readonly eventCount: number;
  /** What it can be found by. */
  readonly search: string;
  readonly entries: Uint8Array<ArrayBuffer>;
  readonly bodies: Uint8Array<ArrayBuffer>;
};

type Text = { readonly entry: JournalEntry; readonly line: string; readonly body: string };

/**
 * Entries in order of their change numbers → blocks, each of which fits a row, and those too large for any, which need
 * rows of their own.
 */
export async function toBlocks(
  entries: readonly JournalEntry[],
): Promise<{ readonly blocks: readonly JournalBlock[]; readonly tooLarge: readonly JournalEntry[] }> {
  const groups: Text[][] = [];
  const tooLarge: JournalEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const text = toText(entry);
    const size = text === null ? Number.POSITIVE_INFINITY : byteLength(text.line) + byteLength(text.body);
    if (text === null || size > limits.maxBlockBytes) {
      tooLarge.push(entry);
      continue;
    }
    const group = groups.at(-1);
    if (group !== undefined && bytes + size <= limits.maxBlockBytes && isNear(group, entry)) {
      group.push(text);
      bytes += size;
    } else {
      groups.push([text]);
      bytes = size;
    }
  }
  return { blocks: await Promise.all(groups.map(toBlock)), tooLarge };
}

/** With the bytes of their text. */
export async function readEntries(
  deflated: Uint8Array<ArrayBuffer>,
): Promise<{ readonly entries: readonly BlockEntry[]; readonly bytes: number }> {
  const inflated = await inflate(deflated);
  return { entries: toJson(inflated) as BlockEntry[], bytes: inflated.byteLength };
}

export async function readBodies(deflated: Uint8Array<ArrayBuffer>): Promise<readonly BlockBody[]> {
  const bodies = toJson(await inflate(deflated)) as KeptBody[];
  return bodies.map(({ headers, text, base64, attempts }) => {
    const body = base64 === undefined ? encoder.encode(text ?? '') : fromBase64(base64);
    return { payload: { headers, body: new Uint8Array(body) }, attempts };
  });
}

type KeptBody = {
  readonly headers: EventPayload['headers'];
  /** Where the body is UTF-8 and comes out as it went in; else `base64`. */
  readonly text?: string;
  readonly base64?: string;
  readonly attempts: BlockBody['attempts'];
};

function toText(entry: JournalEntry): Text | null {
  const { record, payload } = entry;
  if (payload === null) return null;
  const lines = record.attempts.map((attempt) => ({ ...attempt, exchanges: [], input: null }));
  const kept: BlockEntry = { record: { ...record, attempts: [] }, attempts: lines };
  const body: KeptBody = {
    headers: payload.headers,
    ...toKept(payload.body),
    attempts: record.attempts.map(({ exchanges, input }) => ({ exchanges, input })),
  };
  return { entry, line: JSON.stringify(kept), body: JSON.stringify(body) };
}

/** Within one block times of receipt are near each other: a list looks for no older block than that. */
function isNear(group: readonly Text[], { record }: JournalEntry): boolean {
  return group.every(
    ({ entry }) => Math.abs(entry.record.event.receivedAt - record.event.receivedAt) <= limits.maxBlockSpanMs,
  );
}

async function toBlock(texts: readonly Text[]): Promise<JournalBlock> {
  const records = texts.map(({ entry }) => entry.record);
  const times = records.map(({ event }) => event.receivedAt);
  const numbers = records.flatMap(numbersOf);
  const [entries, bodies] = await Promise.all([
    deflate(`[${texts.map(({ line }) => line).join(',')}]`),
    deflate(`[${texts.map(({ body }) => body).join(',')}]`),
  ]);
  return {
    toNumber: Math.max(...records.map(({ changeNumber }) => changeNumber)),
    firstNumber: Math.min(...numbers),
    lastNumber: Math.max(...numbers),
    firstReceivedAt: Math.min(...times),
    lastReceivedAt: Math.max(...times),
    eventCount: records.length,
    search: toSearchText(records),
    entries,
    bodies,
  };
}

function numbersOf({ arrival, deliveries }: EventRecord): number[] {
  const ids = deliveries.map(({ id }) => parseId('dlv', id));
  return [arrival, ...ids.flatMap((id) => (id.ok ? [id.value.number] : []))];
}

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function toKept(body: Uint8Array): Pick<KeptBody, 'text' | 'base64'> {
  try {
    return { text: strictDecoder.decode(body) };
  } catch {
    return { base64: toBase64(body) };
  }
}

/** Code units at once: as many as a call takes arguments everywhere. */
const chunk = 8_192;

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let from = 0; from < bytes.byteLength; from += chunk) {
    text += String.fromCharCode(...bytes.subarray(from, from + chunk));
  }
  return btoa(text);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function byteLength(text: string): number {
  return encoder.encode(text).byteLength;
}

async function deflate(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return through(new CompressionStream('deflate-raw'), new Uint8Array(encoder.encode(text)));
}

async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return through(new DecompressionStream('deflate-raw'), bytes);
}

function toJson(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}

async function through(
  stream: CompressionStream | DecompressionStream,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const piped = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(piped).arrayBuffer());
}
