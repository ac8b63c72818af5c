// The cache of imported keys: bounded, keyed by secret and form, and it never makes an unusable secret usable.
import { describe, expect, it } from 'vitest';
import { createKeyCache } from '../../../src/core/signature/key-cache.ts';

const text = { hash: 'SHA-256', secretForm: 'text' } as const;

describe('the key cache', () => {
  it('imports a secret once', async () => {
    const cache = createKeyCache();
    const first = await cache.keyOf('s3cret', text);
    const second = await cache.keyOf('s3cret', text);
    expect(first?.key).toBe(second?.key);
    expect(cache.size).toBe(1);
  });

  it('keeps the same secret under another hash or form apart', async () => {
    const cache = createKeyCache();
    const keys = await Promise.all([
      cache.keyOf('abcd', text),
      cache.keyOf('abcd', { ...text, hash: 'SHA-1' }),
      cache.keyOf('abcd', { ...text, secretForm: 'hex' }),
      cache.keyOf('abcd', { ...text, secretForm: 'whsec_base64' }),
    ]);
    expect(new Set(keys.map((found) => found?.key)).size).toBe(4);
  });

  it('forgets the least recently used key at its bound', async () => {
    const cache = createKeyCache({ maxKeys: 2 });
    const a = await cache.keyOf('a', text);
    await cache.keyOf('b', text);
    await cache.keyOf('a', text);
    await cache.keyOf('c', text);
    expect(cache.size).toBe(2);
    expect((await cache.keyOf('a', text))?.key).toBe(a?.key);
  });

  it('gives no key for an unusable secret and keeps none', async () => {
    const cache = createKeyCache();
    const hex = { ...text, secretForm: 'hex' } as const;
    expect(await cache.keyOf('', text)).toBeNull();
    expect(await cache.keyOf('not hex', hex)).toBeNull();
    expect(cache.size).toBe(0);
  });

  it('gives keys that verify and cannot be exported', async () => {
    const found = await createKeyCache().keyOf('s3cret', text);
    expect(found?.key.extractable).toBe(false);
    expect(found?.key.usages).toEqual(['verify']);
  });
});
