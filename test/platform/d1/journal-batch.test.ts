// How a partition's changes become statements that D1 takes: the bounds of a batch, a statement and a row.
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import type { JournalEntry } from '../../../src/pipeline/ports.ts';
import { toParameters } from '../../../src/platform/d1/journal-batch.ts';
import { makeAttempt, makePayload, makeRecord } from '../../support/records.ts';

const d1ParameterBytes = 2_000_000;
const byteLength = (text: string) => new TextEncoder().encode(text).byteLength;

describe('the parameters of a batch', () => {
  const batchOf = (entries: readonly JournalEntry[]) => ({
    generation: 1,
    partition: 0,
    from: 0,
    to: 9,
    entries,
  });

  it('never exceed what D1 takes, also when every character is three bytes', () => {
    const exchange = { ...makeAttempt().exchanges[0]!, responseBody: '注'.repeat(60_000) };
    const attempts = Array.from({ length: 40 }, (_, index) =>
      makeAttempt({ number: index + 1, exchanges: [exchange] }),
    );
    const entries = [1, 2, 3].map((number) => ({
      record: makeRecord({ number, attempts }),
      payload: makePayload(new Uint8Array(limits.maxBodyBytes)),
    }));

    const parameters = toParameters(batchOf(entries));

    const pieces = parameters.largeBodies.flatMap((body) => body.pieces);
    const lists = [...parameters.events, ...parameters.deliveries, ...parameters.attempts];
    for (const text of [...lists, ...pieces]) expect(byteLength(text)).toBeLessThan(d1ParameterBytes);
    expect(parameters.attempts.flatMap((list) => JSON.parse(list) as unknown[])).toHaveLength(120);
    expect(parameters.largeBodies.map((body) => body.pieces.length)).toEqual([2, 2, 2]);
  });

  it('keep the lines of an attempt that is too large and drop its bodies', () => {
    const exchange = { ...makeAttempt().exchanges[0]!, responseBody: 'x'.repeat(40_000) };
    const attempt = makeAttempt({ exchanges: Array.from({ length: 60 }, () => exchange) });

    const { attempts } = toParameters(
      batchOf([{ record: makeRecord({ number: 1, attempts: [attempt] }), payload: null }]),
    );

    const [kept] = JSON.parse(attempts[0] ?? '[]') as (typeof attempt)[];
    expect(kept?.exchanges).toHaveLength(limits.maxClippedExchanges);
    expect(kept?.exchanges[0]).toMatchObject({ status: 422, requestBody: null, responseBody: null });
  });
});
