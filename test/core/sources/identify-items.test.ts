// A batch in a body: every item read for itself, and what is wrong with a whole one.
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import { genericHmac } from '../../../src/core/sources/generic-hmac.ts';
import { received } from '../../support/requests.ts';

const options = {
  signature: { header: 'x-signature' },
  id: { path: 'id' },
  type: { path: 'kind' },
  entity: { kind: 'order', path: 'order' },
} as const;

async function read(preset: ReturnType<typeof genericHmac>, body: unknown) {
  const request = { ...received({ body: JSON.stringify(body) }), verifiedWith: 'current' } as const;
  if (preset.identifyMany === undefined) throw new Error('the preset knows no batches');
  const items = await preset.identifyMany(request);
  return items.ok ? items.value : items.error;
}

describe('a source whose requests hold several events', () => {
  it('reads each item where the options say, with the item as its payload', async () => {
    const preset = genericHmac({ ...options, items: 'data.events' });
    const item = { id: 'e1', kind: 'placed', order: 7 };
    expect(await read(preset, { data: { events: [item] } })).toMatchObject([
      {
        ok: true,
        value: { eventId: 'e1', type: 'placed', entity: { kind: 'order', id: '7' }, payload: item },
      },
    ]);
  });

  it('names the place of an item that cannot be read, and reads the others', async () => {
    const preset = genericHmac({ ...options, items: '$' });
    const good = { id: 'e1', kind: 'placed', order: 7 };
    const bad = { id: 'e2', kind: 'placed' };
    expect(await read(preset, [good, bad, good])).toMatchObject([
      { ok: true },
      { ok: false, error: { reason: 'missing_field', field: 'body $[1].order', item: bad } },
      { ok: true },
    ]);
  });

  it('refuses a body without the array, and one that holds too many', async () => {
    const preset = genericHmac({ ...options, items: 'events' });
    expect(await read(preset, {})).toMatchObject({ reason: 'missing_field', field: 'body $.events' });
    expect(await read(preset, { events: 'x' })).toMatchObject({ reason: 'invalid_field' });
    const many = Array.from({ length: limits.maxBatchItems + 1 }, () => 1);
    expect(await read(preset, { events: many })).toMatchObject({ reason: 'too_many_items' });
  });

  it('does not start with an id that is the same for all items, or a place that is none', () => {
    expect(() => genericHmac({ ...options, items: '$', id: { header: 'x-id' } })).toThrow(
      'id must be a path',
    );
    expect(() => genericHmac({ ...options, items: 'a..b' })).toThrow('items "a..b" must be a path or $');
  });
});
