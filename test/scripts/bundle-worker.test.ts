// What a deploy would upload: the relay's bundle may hold nothing of the sandbox ERP, of the tests or of the scripts.
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleOnce } from '../../scripts/local/bundle-worker.ts';

const repository = resolve(import.meta.dirname, '../..');

describe('the bundle of the relay', () => {
  it('is made of the relay and its declared dependencies alone', async () => {
    const { inputs } = await bundleOnce(resolve(repository, 'src/worker.ts'));
    const own = inputs.filter((path) => !path.startsWith('node_modules/'));
    expect(own.filter((path) => !path.startsWith('src/'))).toEqual([]);
    expect(own.filter((path) => path.includes('sandbox-erp'))).toEqual([]);
    const packages = new Set(
      inputs.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []),
    );
    expect([...packages].sort()).toEqual(['@hono/zod-validator', 'hono', 'jose', 'zod']);
  });
});
