// Every operation of every ERP whose documents can be counted, with the answer of each of its writes lost in turn, by the real perform
// stage: one document, and once more a duplicate.
import { describe, expect, it } from 'vitest';
import type { AnyOperation } from '../../src/core/operation.ts';
import { findOperation } from '../../src/operations/index.ts';
import { type Further, furtherOperations } from './stands/further-operations.ts';
import { attemptsOf } from './support/attempts.ts';
import { type Intercepted, intercept } from './support/intercept.ts';

/** Attempts that an operation may take: more are a loop. */
const maxAttempts = 8;

function operationOf(name: string): AnyOperation {
  const operation = findOperation(name);
  if (operation === null) throw new Error(`there is no ${name}`);
  return operation;
}

/** Up to an end that stands. */
async function runToEnd({ adapter }: Further, erp: Intercepted, [name, input]: Further['step']) {
  const attempts = attemptsOf({ adapter, erp, operation: operationOf(name), input });
  const kinds: string[] = [];
  while (kinds.length < maxAttempts) {
    const { kind } = await attempts.next();
    kinds.push(kind);
    if (kind !== 'in_doubt' && kind !== 'retryable') break;
  }
  return kinds;
}

async function startBefore(further: Further) {
  const { erp: inner, count } = further.start();
  const erp = intercept(inner);
  for (const step of further.before)
    expect(await runToEnd(further, erp, step), step[0]).toEqual(['succeeded']);
  return { erp, count, writesBefore: erp.writes.length };
}

describe.each(furtherOperations)('$what on $erpName', (further) => {
  it('is one document, whichever answer is lost', async () => {
    const whole = await startBefore(further);
    expect(await runToEnd(further, whole.erp, further.step)).toEqual(['succeeded']);
    expect(whole.count()).toBe(1);
    const writeCount = whole.erp.writes.length - whole.writesBefore;
    expect(writeCount).toBeGreaterThan(0);
    for (let place = 0; place < writeCount; place += 1) {
      const { erp, count } = await startBefore(further);
      erp.loseAnswerOf(place);
      const kinds = await runToEnd(further, erp, further.step);
      expect(kinds[0], `write ${place}`).toBe('in_doubt');
      expect(['succeeded', 'duplicate'], `write ${place}: ${kinds}`).toContain(kinds.at(-1));
      expect(count(), `write ${place}: ${kinds}`).toBe(1);
    }
  });
});
