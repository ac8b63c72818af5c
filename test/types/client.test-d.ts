// The typed client knows every route, what it takes and what it answers; a misspelt one does not compile.
import { describe, expectTypeOf, it } from 'vitest';
import { type ApiProblem, createClient } from '../../src/client.ts';

const client = createClient('https://relay.example.com', { key: 'hf_key' });

describe('the typed client', () => {
  it('types a list by its answer and a refusal by its problem', async () => {
    const answer = await client.admin.deliveries.$get({ query: { status: 'held', limit: '20' } });
    if (!answer.ok) {
      expectTypeOf(await answer.json()).toEqualTypeOf<ApiProblem>();
      return;
    }
    const { deliveries, nextCursor } = await answer.json();
    expectTypeOf(nextCursor).toEqualTypeOf<string | null>();
    expectTypeOf(deliveries[0]?.attemptCount).toEqualTypeOf<number | undefined>();
  });

  it('tells answers of one route apart by their status', async () => {
    const answer = await client.admin.deliveries[':id'].replay.$post({
      param: { id: 'dlv_0_1' },
      query: { dryRun: 'true' },
      json: { reason: 'the period is open again' },
    });
    if (answer.status === 202) expectTypeOf((await answer.json()).replayOf).toEqualTypeOf<string>();
    if (answer.status === 200) expectTypeOf((await answer.json()).dryRun).toEqualTypeOf<true>();
  });

  it('refuses a field, a filter and a route that are not there', () => {
    // @ts-expect-error a misspelt filter
    client.admin.deliveries.$get({ query: { statuss: 'held' } });
    // @ts-expect-error a state no circuit has
    client.admin.targets[':id'].circuit.$post({ param: { id: 'erp' }, json: { state: 'ajar', note: 'n' } });
    // @ts-expect-error the note is missing
    client.admin.targets[':id'].pause.$post({ param: { id: 'erp' }, json: {} });
    // @ts-expect-error no such route
    client.admin.delivery;
    // @ts-expect-error a direct request needs its key
    client.operations[':operation'].$post({ param: { operation: 'stock.set' }, json: { input: {} } });
  });
});
