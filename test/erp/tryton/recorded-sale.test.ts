// sale.confirm over the recorded conversation: the requests are the recorded ones, the output is the operation's, and an
// answer that is lost anywhere on the way is doubt or nothing, never a second sale.

import { describe, expect, it } from 'vitest';
import type { ErpCall } from '../../../src/core/erp.ts';
import type { InputOf } from '../../../src/core/operation.ts';
import { trytonAdapter } from '../../../src/erp/tryton/tryton-adapter.ts';
import { operations } from '../../../src/operations/index.ts';
import { type Replayed, recordedSale, replay, toResponse } from './support/recorded.ts';

const operation = operations['sale.confirm'];
const input = operation.input.parse(recordedSale.input);
const handler = trytonAdapter.operations['sale.confirm'];

const callOn = (erp: Pick<Replayed, 'send'>): ErpCall<InputOf<typeof operation>> => ({
  input,
  key: recordedSale.key,
  idempotencyKey: recordedSale.key,
  erp,
});

describe('sale.confirm on Tryton', () => {
  it('sends what was recorded and shows the sale as the operation promises', async () => {
    const erp = replay(recordedSale);
    const done = await handler?.perform(callOn(erp), null);
    expect(done).toEqual({ kind: 'performed', answer: { id: 1 } });
    const verified = await handler?.verify(callOn(erp), { id: 1 });
    expect(erp.unexpected).toEqual([]);
    expect(erp.sent).toHaveLength(recordedSale.exchanges.length);
    const output = operation.output.parse(verified?.kind === 'verified' ? verified.output : null);
    expect(operation.compare(input, output)).toEqual([]);
    expect(output).toMatchObject({ state: 'confirmed', total: '27.35', orderId: '450789469' });
  });

  it.each(
    recordedSale.exchanges.slice(0, 14).map(({ request }, place) => ({ place, method: request.method })),
  )('stops where the answer to call $place ($method) is lost', async ({ place }) => {
    const erp = replay(recordedSale, place);
    const done = await handler?.perform(callOn(erp), null);
    expect(done).toMatchObject({ kind: 'call_failed', failure: { kind: 'no_answer' } });
    expect(erp.sent).toHaveLength(place + 1);
  });

  it('stamps the operation key into the sale, by the same call that makes it', () => {
    const create = recordedSale.exchanges.find(({ request }) => request.method === 'model.sale.sale.create');
    expect(JSON.stringify(create?.request.params)).toContain(`"description":"${recordedSale.key}"`);
  });
});

/** A Tryton that holds one sale of the order, in the state it was left in. */
function trytonWith(states: readonly string[]) {
  const shown = recordedSale.exchanges.at(-1)?.text ?? '';
  const sent: string[] = [];
  let at = 0;
  const row = () => shown.replace('"state":"processing"', `"state":"${states[at]}"`);
  return {
    sent,
    send: async ({ body }: { readonly body?: unknown }) => {
      const { method } = body as { method: string };
      sent.push(method);
      if (method.endsWith('.get_preferences'))
        return toResponse(recordedSale.exchanges[0] ?? { status: 0, text: '' });
      if (/\.(quote|confirm)$/.test(method)) at = Math.min(at + 1, states.length - 1);
      return toResponse({
        status: 200,
        text: /\.(quote|confirm)$/.test(method) ? '{"id":1,"result":null}' : row(),
      });
    },
  };
}

const writes = (sent: readonly string[]) =>
  sent.filter((method) => /\.(create|write|quote|confirm)$/.test(method));

describe('a sale that an earlier attempt left', () => {
  it.each([
    [
      ['draft', 'quotation', 'processing'],
      ['model.sale.sale.quote', 'model.sale.sale.confirm'],
    ],
    [['quotation', 'processing'], ['model.sale.sale.confirm']],
  ])('in %j is found unfinished, and only the steps that are missing are done', async (states, missing) => {
    const erp = trytonWith(states);
    expect(await handler?.lookup(callOn(erp))).toEqual({ kind: 'unfinished', answer: { id: 1 } });
    expect(await handler?.perform(callOn(erp), { id: 1 })).toEqual({ kind: 'performed', answer: { id: 1 } });
    expect(writes(erp.sent)).toEqual(missing);
  });

  it.each(['processing', 'done', 'confirmed'])('in %s is done: nothing is written', async (state) => {
    const erp = trytonWith([state]);
    expect(await handler?.lookup(callOn(erp))).toEqual({ kind: 'found', answer: { id: 1 } });
    const done = await handler?.perform(callOn(erp), null);
    expect(done).toEqual({ kind: 'performed', answer: { id: 1 }, already: true });
    expect(writes(erp.sent)).toEqual([]);
  });

  it('and that a success did not move is refused, not believed', async () => {
    const erp = trytonWith(['draft']);
    expect(await handler?.perform(callOn(erp), null)).toMatchObject({ kind: 'rejected', code: 'no_effect' });
  });
});
