// SECURITY.md is a table of claims, each with the test that shows it: no claim without one, no link to nothing.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { limits } from '../src/core/limits.ts';

const repository = resolve(import.meta.dirname, '..');
const text = readFileSync(resolve(repository, 'SECURITY.md'), 'utf8');
const rows = text.split('\n').filter((line) => /^\| (?!threat|---)/.test(line));

describe('SECURITY.md', () => {
  it('has a row for each kind of threat, and a test for each row', () => {
    for (const kind of [
      'Spoofing',
      'Tampering',
      'Repudiation',
      'Information disclosure',
      'Denial of service',
      'Elevation of privilege',
    ])
      expect(text).toContain(`### ${kind}`);
    expect(rows.length).toBeGreaterThan(25);
    for (const row of rows) expect(row).toMatch(/\]\(test\/[^)]+\) ?(?:, \[[^\]]+\]\([^)]+\) ?)*\|$/);
  });

  it('links to what is there', () => {
    const links = [...text.matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1] ?? '');
    expect(links.filter((link) => !existsSync(resolve(repository, link)))).toEqual([]);
  });

  it('states the bounds as they are', () => {
    const written = (count: number): string => count.toLocaleString('en-US');
    expect(text).toContain(`past ${written(limits.unverifiedPerMinute)} a minute`);
    expect(text).toContain(
      `past ${written(limits.floodBurst)} at once and ${written(limits.floodPerSecond)} a second`,
    );
  });
});
