// RegistryObject on the real runtime: what it keeps over an eviction, that nothing in it is in the open, and that it needs no D1.
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { wholeView } from '../../src/core/identity/access-view.ts';
import type { Giver } from '../../src/core/identity/credential.ts';
import { allScopes } from '../../src/core/identity/scopes.ts';
import { isDiffering } from '../../src/core/precondition.ts';
import { createObjectRegistry } from '../../src/platform/durable-objects/object-registry.ts';

const registry = createObjectRegistry(env.REGISTRY);
const stub = () => env.REGISTRY.get(env.REGISTRY.idFromName('registry'));
const giver: Giver = { actor: 'admin_key', scopes: new Set(allScopes), view: wholeView };
const request = {
  ...{ name: 'olga', preset: 'admin' as const, scopes: null, sources: null, grants: null },
  ...{ expiresAt: null, tokenSubject: null },
};

async function make() {
  const made = await registry.createCredential(request, { ...giver, bootstrapKey: null });
  if (!made.ok || made.value.key === null) throw new Error('not made');
  return { id: made.value.credential.id, key: made.value.key };
}

describe('the object of the registry', () => {
  it('keeps credentials, uses, grants and secrets over an eviction', async () => {
    const { id } = await make();
    await registry.noteUses([{ credentialId: id, what: 'deliveries:read' }]);
    await registry.setSourceGrants('shopify', [{ operation: 'sale.confirm', target: 'erp' }]);
    const values = { secret: 'a-webhook-secret' };
    await registry.putSecret({ name: 'source/shopify', values, overlapMs: 0, actor: id });
    const before = await registry.snapshot(null);
    await evictDurableObject(stub());
    expect(await registry.snapshot(null)).toEqual(before);
    expect(await registry.snapshot(before?.version ?? 0)).toBeNull();
    expect(await registry.usageOf(id)).toMatchObject([{ what: 'deliveries:read' }]);
    expect(Object.keys(await registry.lastUses())).toContain(id);
    expect(before?.sourceGrants).toEqual({ shopify: [{ operation: 'sale.confirm', target: 'erp' }] });
  });

  it('writes no key and no secret into its storage', async () => {
    const { id, key } = await make();
    const values = { secret: 'another-webhook-secret' };
    await registry.putSecret({ name: 'source/stripe', values, overlapMs: 0, actor: id });
    const kept = await runInDurableObject(stub(), (_object, state) =>
      JSON.stringify(state.storage.sql.exec('SELECT * FROM entries').toArray()),
    );
    expect(kept).toContain(id);
    for (const secret of [key, key.slice(3, 30), 'another-webhook-secret', btoa('another-webhook-secret')])
      expect(kept).not.toContain(secret);
  });

  it('writes a use that is told twice once', async () => {
    const { id } = await make();
    const use = { credentialId: id, what: 'relay:read' };
    await registry.noteUses([use]);
    const [first] = await registry.usageOf(id);
    await registry.noteUses([use]);
    expect(await registry.usageOf(id)).toEqual([first]);
  });

  it('revokes, rotates the key that seals, and removes', async () => {
    const { id } = await make();
    const revoked = await registry.revokeCredential(id, { by: 'olga', reason: 'gone' });
    expect(revoked).toMatchObject({ revoked: { by: 'olga', reason: 'gone' } });
    await registry.putSecret({ name: 'target/erp', values: { key: 'k' }, overlapMs: 0, actor: id });
    const { keyId } = await registry.rotateDataKey();
    const erp = (await registry.listSecrets()).find(({ name }) => name === 'target/erp');
    expect(erp?.versions[0]?.keyId).toBe(keyId);
    expect(await registry.removeSecret('target/erp')).toBe(true);
    expect(await registry.removeSecret('target/erp')).toBe(false);
  });

  it('lets one of several who read the same version change it', async () => {
    const set = await registry.putSecret({
      name: 'target/erp',
      values: { key: '0' },
      overlapMs: 0,
      actor: 'a',
    });
    if (set === null || isDiffering(set)) throw new Error('it was not set');
    const writers = ['1', '2', '3', '4'].map((key) =>
      registry.putSecret({
        ...{ name: 'target/erp', values: { key }, overlapMs: 0, actor: 'a', when: [set.revision] },
      }),
    );
    const answers = await Promise.all(writers);
    expect(answers.filter(isDiffering)).toHaveLength(3);
    const shown = (await registry.listSecrets()).find(({ name }) => name === 'target/erp');
    expect(shown?.versions).toMatchObject([{ version: 2 }]);
    expect(answers.filter(isDiffering)[0]?.version).toBe(shown?.revision);
  });
});
