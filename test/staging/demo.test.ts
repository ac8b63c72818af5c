// `npm run demo` with the sandbox behind the relay and with Tryton: both keep every promise and end with the same documents,
// which are compared line by line.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const repository = resolve(import.meta.dirname, '../..');

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-demo-documents-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function documentsOf(name: string, args: readonly string[]): Promise<readonly string[]> {
  const path = join(directory, name);
  const child = spawn(process.execPath, ['scripts/demo.mjs', ...args, '--documents', path], {
    cwd: repository,
    env: { ...process.env, HOLDFAST_ADMIN_KEY: '', PORT: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const [code] = await once(child, 'close');
  expect(code, output).toBe(0);
  return readFileSync(path, 'utf8').trim().split('\n');
}

describe('the demo', () => {
  it('ends with the same documents on Tryton as on the sandbox', async () => {
    const sandbox = await documentsOf('sandbox.txt', ['--own']);
    const tryton = await documentsOf('tryton.txt', ['--target', 'tryton']);
    // Some orders, each with what became of it: an empty list would be alike, too.
    expect(sandbox.filter((line) => line.includes('sale.confirm')).length).toBeGreaterThan(5);
    expect(tryton).toEqual(sandbox);
  }, 900_000);
});
