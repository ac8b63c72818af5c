// How an operation ends on every ERP, whatever happens on the way, by the real perform stage: one document, and what is said of it. The
// state that is counted is the ERP's, read afterwards.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject, type JsonValue } from '../../src/core/json.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { odooStands } from './stands/odoo-stand.ts';
import { restStands } from './stands/rest-stands.ts';
import { sandboxStands } from './stands/sandbox-stands.ts';
import { trytonStand } from './stands/tryton-stand.ts';
import { attemptsOf } from './support/attempts.ts';
import type { Stand } from './support/stand.ts';

/** Attempts that an operation may take: more are a loop. */
const maxAttempts = 8;

/** Outcomes, up to one that stands. */
async function runToEnd(stand: Stand): Promise<string[]> {
  const attempts = attemptsOf(stand);
  const kinds: string[] = [];
  while (kinds.length < maxAttempts) {
    const { kind } = await attempts.next();
    kinds.push(kind);
    if (kind !== 'in_doubt' && kind !== 'retryable') return kinds;
  }
  return kinds;
}

describe.each([...odooStands, ...restStands, trytonStand, ...sandboxStands])('on $name', (standCase) => {
  beforeAll(async () => standCase.open?.(), 30_000);
  afterAll(async () => standCase.close?.());

  it('a time-out after any write leaves one document', async () => {
    const whole = await standCase.start();
    expect(await runToEnd(whole)).toEqual(['succeeded']);
    const writeCount = whole.erp.writes.length;
    expect(writeCount).toBeGreaterThan(0);
    for (let place = 0; place < writeCount; place += 1) {
      const stand = await standCase.start();
      stand.erp.loseAnswerOf(place);
      const kinds = await runToEnd(stand);
      expect(kinds[0], `write ${place}`).toBe('in_doubt');
      expect(['succeeded', 'duplicate'], `write ${place}`).toContain(kinds.at(-1));
      expect(await stand.count(), `write ${place}`).toBe(1);
    }
  });

  it('one that was done before is a duplicate, also to a relay that has forgotten it', async () => {
    const stand = await standCase.start();
    if (stand.repeated !== undefined) expect(await runToEnd(stand)).toEqual(['succeeded']);
    const attempts = attemptsOf({ ...stand, ...stand.repeated });
    const first = await attempts.next();
    attempts.forget();
    const second = await attempts.next();
    expect(first).toMatchObject({ kind: 'succeeded' });
    const document = first.kind === 'succeeded' ? first.document : null;
    expect(second).toMatchObject({ kind: 'duplicate', document });
    expect(await stand.count()).toBe(1);
  });

  it('one that meets a lock is tried again, and is one document', async () => {
    for (let lock = 0; lock < standCase.lockCount; lock += 1) {
      const stand = await standCase.start(lock);
      await stand.meet('lock');
      const attempts = attemptsOf(stand);
      const met = await attempts.next();
      await stand.clear?.();
      expect(['retryable', 'in_doubt'], `lock ${lock}`).toContain(met.kind);
      const ends = [met.kind];
      while (ends.length < maxAttempts && ['retryable', 'in_doubt'].includes(ends.at(-1) ?? ''))
        ends.push((await attempts.next()).kind);
      expect(ends.at(-1), `lock ${lock}`).toBe('succeeded');
      expect(await stand.count(), `lock ${lock}`).toBe(1);
    }
  });

  it('one that misses a field is rejected, and the field is named', async () => {
    const stand = await standCase.start();
    await stand.meet('missing_field');
    const outcome = await attemptsOf(stand).next();
    await stand.clear?.();
    expect(outcome).toMatchObject({
      kind: 'rejected',
      fieldErrors: [expect.objectContaining({ field: stand.missingField })],
    });
    expect(await stand.count()).toBe(0);
  });

  it('one that came to another total is no success, and says which', async () => {
    const stand = await standCase.start();
    stand.erp.changeField(stand.totalField, oneMore);
    const outcome = await attemptsOf(stand).next();
    expect(['state_mismatch', 'rejected']).toContain(outcome.kind);
    const named = outcome.kind === 'state_mismatch' ? outcome.differences : toFieldErrors(outcome);
    expect(named).toEqual([expect.objectContaining({ field: 'total' })]);
  });

  it('one whose total is not shown any more has broken the contract', async () => {
    const stand = await standCase.start();
    stand.erp.changeField(stand.totalField, () => undefined);
    const { kind } = await attemptsOf(stand).next();
    expect(kind).toBe('contract_broken');
  });
});

function toFieldErrors(outcome: Outcome) {
  return outcome.kind === 'rejected' ? outcome.fieldErrors : [];
}

/** A number, a text of one, or Tryton's form of one. */
function oneMore(value: JsonValue): JsonValue {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return String(Number(value) + 1);
  return isJsonObject(value) ? { ...value, decimal: String(Number(value.decimal) + 1) } : value;
}
