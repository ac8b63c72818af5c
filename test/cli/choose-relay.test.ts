// Which relay a command asks, and that a key goes to the address it belongs to and to no other.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Asked, chooseRelay } from '../../cli/profiles/choose-relay.ts';
import { profilePath, readProfiles, writeProfiles } from '../../cli/profiles/profile-file.ts';
import type { World } from '../../cli/world.ts';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-profiles-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function worldOf(env: Record<string, string> = {}): World {
  return { env: { XDG_CONFIG_HOME: directory, ...env }, repository: directory } as unknown as World;
}

const shop = { url: 'https://shop.example.com', key: 'hf_shop' };
const depot = { url: 'https://depot.example.com', key: 'hf_depot' };

function keep(current: string | null = null): void {
  writeProfiles(worldOf(), { current, profiles: { shop, depot } });
}

const choose = (asked: Asked, env: Record<string, string> = {}) => chooseRelay(worldOf(env), asked);

describe('the relay of a command', () => {
  it('is the one on this machine, with the key that its start made, where nothing else is said', () => {
    writeFileSync(join(directory, '.dev.vars'), 'ADMIN_KEY=hf_local\n');
    expect(choose({})).toMatchObject({ ok: true, value: { url: 'http://127.0.0.1:8787', key: 'hf_local' } });
    expect(choose({}, { PORT: '9000' })).toMatchObject({ ok: true, value: { url: 'http://127.0.0.1:9000' } });
  });

  it('is that of the profile in use, of the environment before it, of what was typed before both', () => {
    keep('shop');
    const env = { HOLDFAST_URL: 'https://ci.example.com', HOLDFAST_KEY: 'hf_ci' };
    expect(choose({})).toMatchObject({ value: { ...shop } });
    expect(choose({}, env)).toMatchObject({ value: { url: 'https://ci.example.com', key: 'hf_ci' } });
    expect(choose({ profile: 'depot' }, env)).toMatchObject({ value: { ...depot } });
    expect(choose({ url: depot.url }, env)).toMatchObject({ value: { ...depot } });
    expect(choose({ key: 'hf_typed' })).toMatchObject({ value: { url: shop.url, key: 'hf_typed' } });
  });

  it('gets no key of another address', () => {
    keep('shop');
    writeFileSync(join(directory, '.dev.vars'), 'ADMIN_KEY=hf_local\n');
    const elsewhere = choose(
      { url: 'https://else.example.com' },
      { HOLDFAST_URL: depot.url, HOLDFAST_KEY: 'hf_ci' },
    );
    expect(elsewhere).toMatchObject({ ok: false, error: { kind: 'usage' } });
    expect(JSON.stringify(elsewhere)).not.toMatch(/hf_/);
  });

  it('is never asked over plain http, but on this machine', () => {
    for (const url of [
      'http://relay.example.com',
      'http://10.0.0.1:8787',
      'ftp://relay.example.com',
      'relay',
    ])
      expect(choose({ url, key: 'hf_x' })).toMatchObject({ ok: false, error: { kind: 'usage' } });
    for (const url of ['http://localhost:1', 'http://[::1]:1', 'http://127.0.0.2:1'])
      expect(choose({ url, key: 'hf_x' })).toMatchObject({ ok: true });
    expect(choose({ url: 'https://user:pass@relay.example.com', key: 'hf_x' })).toMatchObject({ ok: false });
  });

  it('names a profile that is not there', () => {
    expect(choose({ profile: 'nobody' })).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/no profile nobody/) },
    });
  });
});

describe('the file of profiles', () => {
  it('is its owner alone to read', () => {
    keep();
    const path = profilePath(worldOf());
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'holdfast')).mode & 0o777).toBe(0o700);
    expect(readFileSync(path, 'utf8')).toContain('hf_shop');
  });

  it('is not used where others can read it', () => {
    keep('shop');
    chmodSync(profilePath(worldOf()), 0o644);
    expect(readProfiles(worldOf())).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/chmod 600/) },
    });
  });

  it('is refused where it is none', () => {
    mkdirSync(join(directory, 'holdfast'));
    writeFileSync(profilePath(worldOf()), '{"profiles":[]}', { mode: 0o600 });
    expect(readProfiles(worldOf())).toMatchObject({ ok: false, error: { kind: 'usage' } });
  });
});
