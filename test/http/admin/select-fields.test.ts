// Only the fields that were asked for, of what the caller may see anyway.
import { describe, expect, it } from 'vitest';
import { createMemoryRelay } from '../../support/memory-relay.ts';

function relayWithOne() {
  const relay = createMemoryRelay();
  const [id = ''] = relay.place({ type: 'order.placed', data: { id: '1', total: '10.00' }, eventId: 'e' });
  return { relay, id };
}

describe('fields', () => {
  it('of a list are those that were asked for, and what tells deliveries apart', async () => {
    const { relay, id } = relayWithOne();
    const answer = await relay.ask('/admin/deliveries?fields=status,target');
    expect(await answer.json()).toMatchObject({
      deliveries: [{ id, status: 'pending', target: 'erp', redacted: [] }],
      nextCursor: null,
    });
    const [first] = (
      (await (await relay.ask('/admin/deliveries?fields=status,target')).json()) as {
        deliveries: object[];
      }
    ).deliveries;
    expect(Object.keys(first ?? {}).sort()).toEqual(['id', 'redacted', 'status', 'target']);
  });

  it('of one delivery may be any that it has', async () => {
    const { relay, id } = relayWithOne();
    const body = await (await relay.ask(`/admin/deliveries/${id}?fields=attempts,policy`)).json();
    expect(Object.keys(body as object).sort()).toEqual(['attempts', 'id', 'policy', 'redacted']);
  });

  it.each(['/admin/deliveries?fields=statsu', '/admin/deliveries?fields=', '/admin/deliveries/x?fields=a'])(
    'that nobody knows are refused: %s',
    async (path) => {
      const answer = await relayWithOne().relay.ask(path);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({
        code: 'invalid_parameter',
        errors: [{ field: 'fields[0]' }],
      });
    },
  );
});
