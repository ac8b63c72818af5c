// What `holdfast` keeps and checks, the real binary against a whole relay: profiles with their keys, the chain of the audit, and the
// doctor's look at a relay.

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalRelay } from '../../scripts/local-relay.ts';
import { type Ended, holdfast } from '../support/run-holdfast.ts';
import { type OperatedRelay, operateRelay, why } from './support/operated-relay.ts';

let operated: OperatedRelay;
let relay: LocalRelay;
let directory = '';

const env = () => operated.env;
const run = (...args: string[]): Promise<Ended> => operated.run(...args);
const json = (...args: string[]) => operated.json(...args);

beforeAll(async () => {
  operated = await operateRelay();
  ({ relay, directory } = operated);
}, 90_000);

afterAll(() => operated?.end());

describe('profiles', () => {
  const home = () => ({ XDG_CONFIG_HOME: join(directory, 'home') });
  const local = (args: readonly string[], input?: string) =>
    holdfast(args, { env: home(), ...(input === undefined ? {} : { input }) });

  it('keep a relay and its key in a file of the user alone, and never print the key', async () => {
    const added = await local(['profiles', 'add', 'here', '--url', relay.url, '--key-stdin'], relay.adminKey);
    expect(added).toMatchObject({ code: 0, stdout: expect.stringContaining('that of bootstrap key') });
    const path = join(home().XDG_CONFIG_HOME, 'holdfast/profiles.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toContain(relay.adminKey);
    const listed = await local(['profiles', 'list']);
    expect(listed.stdout).toContain(relay.url);
    expect(`${added.stdout}${listed.stdout}`).not.toContain(relay.adminKey);
    expect(await local(['deliveries', 'list'])).toMatchObject({ code: 0 });
    expect(await local(['deliveries', 'list', '--profile', 'there'])).toMatchObject({ code: 2 });
  });

  it('refuse a key that the relay does not take, and a name that is none', async () => {
    const bad = ['profiles', 'add', 'bad', '--url', relay.url, '--key-stdin'];
    expect(await local(bad, 'hf_wrong')).toMatchObject({ code: 4 });
    expect(await local(['profiles', 'add', '../x', '--url', relay.url, '--key-stdin'], 'k')).toMatchObject({
      code: 2,
    });
    expect((await local(['profiles', 'list'])).stdout).not.toContain('bad');
  });

  it('are used by name, and forgotten', async () => {
    await local(
      ['profiles', 'add', 'dead', '--url', 'http://127.0.0.1:1', '--key-stdin', '--no-check'],
      'hf_x',
    );
    expect(await local(['profiles', 'use', 'dead'])).toMatchObject({ code: 0 });
    expect(await local(['overview'])).toMatchObject({ code: 3 });
    expect(await local(['profiles', 'remove', 'dead', '--yes'])).toMatchObject({ code: 0 });
    expect(await local(['profiles', 'use', 'dead'])).toMatchObject({ code: 5 });
  });
});

describe('holdfast audit', () => {
  it('exports the whole chain to a file of the user alone, and finds what was changed in it', async () => {
    const file = join(directory, 'audit.jsonl');
    await json('targets', 'pause', 'erp', ...why);
    await json('targets', 'resume', 'erp', ...why);
    await relay.runScheduled();
    const verified = await json('audit', 'verify');
    expect(verified).toMatchObject({ kind: 'whole' });
    expect(verified.count).toBeGreaterThan(1);
    expect(await run('audit', 'export', '--out', file)).toMatchObject({ code: 0 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { number, hash } = verified.head;
    const head = ['--head', `${number}:${hash}`];
    expect(await run('audit', 'verify', '--file', file, ...head)).toMatchObject({ code: 0 });
    writeFileSync(file, readFileSync(file, 'utf8').replace('a test', 'no test'));
    expect(await run('audit', 'verify', '--file', file)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/not whole/),
    });
  });
});

describe('holdfast doctor', () => {
  it('finds a relay that is well, and what its key may do', async () => {
    const { checks, ok: isWell } = await json('doctor', '--no-project');
    expect(isWell).toBe(true);
    const names = checks.map(({ name }: { name: string }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'relay',
        'clock',
        'ready: configuration',
        'ready: journal',
        'key',
        'migrations applied',
        'target erp',
      ]),
    );
  });

  it('says what to do about a key that is not good, and about a relay that is not there', async () => {
    const wrong = await holdfast(['doctor', '--no-project'], { env: { ...env(), HOLDFAST_KEY: 'hf_wrong' } });
    expect(wrong).toMatchObject({ code: 1, stdout: expect.stringMatching(/FAILED {2}key: .*401/) });
    const gone = await holdfast(['doctor', '--no-project', '--json'], {
      env: { ...env(), HOLDFAST_URL: 'http://127.0.0.1:1' },
    });
    expect(gone.code).toBe(1);
    expect(JSON.parse(gone.stdout)).toMatchObject({
      ok: false,
      checks: [{ name: 'relay', advice: 'Start it: npm start.' }],
    });
  });
});
