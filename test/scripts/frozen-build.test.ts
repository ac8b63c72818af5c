// The released build that is kept: written and read back whole, and only ever one of them.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFrozenBuild, writeFrozenBuild } from '../../scripts/local/frozen-build.ts';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-frozen-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const buildOf = (version: string) => ({
  ...{ version, migrations: ['0001_journal.sql'], classes: ['SequencerObject'] },
  code: 'export default {};',
});

describe('a frozen build', () => {
  it('comes back as it was written', () => {
    writeFrozenBuild(directory, buildOf('1.0.0'));
    expect(readFrozenBuild(directory)).toEqual(buildOf('1.0.0'));
  });

  it('takes the place of the one before', () => {
    writeFrozenBuild(directory, buildOf('1.0.0'));
    writeFrozenBuild(directory, buildOf('1.1.0'));
    expect(readdirSync(directory)).toEqual(['1.1.0.json.gz']);
  });

  it('must be there', () => {
    expect(() => readFrozenBuild(directory)).toThrow('must hold one build, and holds 0');
  });
});

describe('the build that is kept here', () => {
  it('is one, and exports the classes and knew the migrations it names', () => {
    const { code, classes, migrations } = readFrozenBuild(join(import.meta.dirname, '../fixtures/builds'));
    const kept = readdirSync(join(import.meta.dirname, '../../migrations'));
    expect(classes).toContain('SequencerObject');
    for (const name of classes) expect(code).toContain(name);
    expect(migrations.length).toBeGreaterThan(0);
    for (const name of migrations) expect(kept).toContain(name);
  });
});
