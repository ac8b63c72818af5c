// The local secrets: made once, complete, private, and never changed behind a person's back.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkConfiguration } from '../../scripts/check-configuration.ts';
import { addMissingSecrets, createSecrets, readDevVars, secretNames } from '../../scripts/local/dev-vars.ts';

let directory = '';
let path = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-dev-vars-'));
  path = join(directory, '.dev.vars');
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('the local secrets', () => {
  it('are all made where there is no file, for its owner alone', () => {
    expect(addMissingSecrets(path)).toEqual(secretNames);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(Object.keys(readDevVars(path)).sort()).toEqual([...secretNames].sort());
  });

  it('are those that .dev.vars.example lists', () => {
    const example = readDevVars(resolve(import.meta.dirname, '../../.dev.vars.example'));
    expect(Object.keys(example).sort()).toEqual([...secretNames].sort());
    expect(Object.values(example).every((value) => value === '')).toBe(true);
  });

  it('stay as they are when one is added', () => {
    writeFileSync(path, 'ADMIN_KEY=mine\n# a note\nSTRIPE_WEBHOOK_SECRET="quoted value"');
    const added = addMissingSecrets(path);
    expect(added).toEqual(secretNames.filter((n) => n !== 'ADMIN_KEY' && n !== 'STRIPE_WEBHOOK_SECRET'));
    expect(readFileSync(path, 'utf8')).toContain(
      'ADMIN_KEY=mine\n# a note\nSTRIPE_WEBHOOK_SECRET="quoted value"\n',
    );
    expect(readDevVars(path)).toMatchObject({ ADMIN_KEY: 'mine', STRIPE_WEBHOOK_SECRET: 'quoted value' });
  });

  it('are made anew where a name stands without a value', () => {
    writeFileSync(path, 'ADMIN_KEY=\n');
    addMissingSecrets(path);
    expect(readDevVars(path).ADMIN_KEY).toMatch(/^hf_[\w-]{43}$/);
  });

  it('leave a complete file untouched', () => {
    addMissingSecrets(path);
    const before = readFileSync(path, 'utf8');
    expect(addMissingSecrets(path)).toEqual([]);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it('are what the configuration accepts, and different every time', async () => {
    const local = { PARTITIONS: '4', GENERATION: '1', ERP_BASE_URL: 'http://127.0.0.1:1' };
    expect((await checkConfiguration({ local, secrets: createSecrets() })).ok).toBe(true);
    expect(createSecrets()).not.toEqual(createSecrets());
  });
});
