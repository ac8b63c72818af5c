// The API under requests made from its own description, valid ones and broken ones: nothing is answered 5xx, and every answer is one
// that the description names. A failure names its seed and what was sent.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { routeRules } from '../../src/http/access/route-rules.ts';
import { toOpenApi } from '../../src/http/contract/to-openapi.ts';
import { answered, checkAnswer, rows } from '../support/check-answer.ts';
import { makeCredential } from '../support/credentials.ts';
import { createMemoryRelay, type MemoryRelay } from '../support/memory-relay.ts';
import { createWorld, type Sample, samples, type World } from '../support/route-samples.ts';
import { broken, hostile, type JsonSchema, valid } from '../support/schema-arbitrary.ts';

type Parameter = {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: JsonSchema;
};

type Described = {
  readonly parameters: readonly Parameter[];
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: JsonSchema } };
  };
};

type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>> };

const runs = 25;
const seed = 20261124;

const document = toOpenApi(rows, routeRules) as unknown as Document;

/**
 * Webhooks are no part of it: what they hold is their senders' (ingest.test.ts, ingest-senders.test.ts); nor are the files of the
 * dashboard, each of a type of its own (app.test.ts).
 */
const withFiles = /^GET \/(?:dashboard\/|docs$|docs\/:)/;
const names = Object.keys(rows).filter((name) => !name.startsWith('ALL ') && !withFiles.test(name));

type Made = {
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly isKnown: boolean;
  /** The body ends too early. */
  readonly isCut: boolean;
};

/** Mostly ids that are there, or nearly all answers would be 404. */
function requestOf(described: Described, sample: Sample | undefined): fc.Arbitrary<Made> {
  const { parameters, requestBody } = described;
  const of = (place: Parameter['in']): JsonSchema => ({
    type: 'object',
    properties: Object.fromEntries(
      parameters.filter((each) => each.in === place).map(({ name, schema }) => [name, schema]),
    ),
    required: [],
  });
  const path = of('path');
  const body = requestBody?.content['application/json'].schema;
  const either = (schema: JsonSchema) => fc.oneof({ weight: 3, arbitrary: valid(schema) }, broken(schema));
  // Rules beyond JSON Schema let few made ones through.
  const known = fc.constant(sample?.body ?? {});
  return fc.record({
    path: fc.record(
      Object.fromEntries(
        Object.entries(path.properties ?? {}).map(([name, schema]) => [
          name,
          fc.oneof(valid(schema), hostile),
        ]),
      ),
    ),
    // Filters that match nothing show no shape.
    query: fc.oneof({ weight: 3, arbitrary: either(of('query')) }, fc.constant({})),
    headers: either(of('header')) as fc.Arbitrary<Record<string, unknown>>,
    body:
      body === undefined ? fc.constant(undefined) : fc.oneof({ weight: 4, arbitrary: either(body) }, known),
    isKnown: fc.integer({ min: 0, max: 9 }).map((n) => n > 1),
    isCut: fc.integer({ min: 0, max: 9 }).map((n) => n === 9),
  });
}

const toText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

function toUrl(name: string, made: Made, known: string | null): string {
  const [, pattern = ''] = name.split(' ');
  const path =
    known !== null && made.isKnown
      ? (known.split('?')[0] ?? '')
      : pattern.replaceAll(
          /:(\w+)/g,
          (_, param: string) => encodeURIComponent(toText(made.path[param]).toWellFormed()) || '-',
        );
  const query = new URLSearchParams();
  for (const [field, value] of Object.entries(made.query ?? {}))
    for (const each of Array.isArray(value) ? value : [value])
      query.append(field, toText(each).toWellFormed());
  return `http://relay.test${path}?${query}`;
}

/** What no client can put into a header is no request. */
function toHeaders(key: string, made: Made, sample: Sample | undefined): Headers {
  const headers = new Headers({ ...(made.isKnown ? sample?.headers : {}), authorization: `Bearer ${key}` });
  for (const [name, value] of Object.entries(made.headers ?? {})) {
    const text = toText(value).replaceAll(/[^\x20-\x7e]/g, '?');
    if (/^[a-z-]+$/i.test(name) && text.length < 1_000 && !made.isKnown) headers.set(name, text);
  }
  if (made.body !== undefined) headers.set('content-type', 'application/json');
  return headers;
}

type Place = { readonly relay: MemoryRelay; readonly key: string; readonly world: World };

async function start(): Promise<Place> {
  const relay = createMemoryRelay({ partitions: 3 });
  const victim = await makeCredential(relay, { scopes: ['credentials:manage'] });
  const { key } = await makeCredential(relay, { preset: 'admin' });
  return { relay, key, world: await createWorld(relay, victim.id) };
}

async function send({ relay, key, world }: Place, name: string, made: Made): Promise<Response> {
  const [method = ''] = name.split(' ');
  const sample: Sample | undefined = samples[name];
  const text = made.body === undefined ? undefined : JSON.stringify(made.body);
  const body = text === undefined ? {} : { body: made.isCut ? text.slice(0, text.length / 2) : text };
  return relay.app.request(toUrl(name, made, sample?.path(world) ?? null), {
    method,
    headers: toHeaders(key, made, sample),
    ...body,
  });
}

describe.each(names)('%s', (name) => {
  const [method = '', path = ''] = name.split(' ');
  const described = document.paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];

  it('answers whatever is asked as its description says', async () => {
    if (described === undefined) throw new Error(`${name} is not in the description`);
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(requestOf(described, samples[name]), async (made) => {
        const answer = await answered(await send(await start(), name, made));
        statuses.add(answer.status);
        expect(answer.status, answer.text).toBeLessThan(500);
        expect(checkAnswer(name, answer), JSON.stringify(made)).toBeNull();
      }),
      { numRuns: runs, seed },
    );
    // Where all is refused nothing was tried.
    const sample = samples[name];
    if (sample === undefined || sample.right < 300) expect(Math.min(...statuses)).toBeLessThan(300);
  }, 60_000);
});
