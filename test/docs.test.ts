// The documents that list what the code has: nothing may be missing in them, and nothing made up.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { alertRules } from '../src/core/alerts/alert.ts';
import { createMemoryRelay } from './support/memory-relay.ts';

const repository = resolve(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(repository, path), 'utf8');

function sources(): string[] {
  const files = readdirSync(join(repository, 'src'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts') && !file.startsWith('sandbox-erp'))
    .map((file) => read(join('src', file)));
}

/** Names in the calls themselves, and the kinds of the sequencer's and the targets' signals, logged under their own names. */
function loggedEvents(): string[] {
  const named = sources().flatMap((text) =>
    [...text.matchAll(/\blog\(([^;{]*)/g)].map((call) => call[1] ?? ''),
  );
  const signals =
    read('src/core/sequencer/messages.ts').split('export type Signal')[1]?.split('export type')[0] ?? '';
  const facts = read('src/core/target-signals.ts').split('const alerts')[0] ?? '';
  const names = [...named, signals, facts].flatMap((text) => text.match(/'[a-z_]+\.[a-z_]+'/g) ?? []);
  return [...new Set(names.map((name) => name.slice(1, -1)))].filter((name) => name !== 'delivery.settled');
}

describe('docs/logs.md', () => {
  it('lists every line that is logged, and no other', () => {
    const listed = [...read('docs/logs.md').matchAll(/^\| `([a-z_]+\.[a-z_]+)` \|/gm)].map(
      (row) => row[1] ?? '',
    );
    expect([...listed].sort()).toEqual(loggedEvents().sort());
  });
});

describe('docs/alerts.md', () => {
  it('says what to do about each alert, and about no other', () => {
    const runbooks = [...read('docs/alerts.md').matchAll(/^### ([a-z_]+)$/gm)].map((row) => row[1]);
    expect(runbooks.sort()).toEqual(Object.keys(alertRules).sort());
  });

  it('says of each what it means, where to look, what to do and how to know that it is over', () => {
    const [, ...parts] = read('docs/alerts.md').split(/^### /m);
    expect(parts).toHaveLength(Object.keys(alertRules).length);
    for (const part of parts)
      for (const word of ['Means', 'Look', 'Do', 'Over'])
        expect(part).toMatch(new RegExp(`^- \\*\\*${word}\\.\\*\\* .{10,}`, 'm'));
  });
});

describe('docs/admin-api.md', () => {
  it('describes every endpoint', () => {
    const text = read('docs/admin-api.md');
    const routes = createMemoryRelay().app.routes.filter(({ method }) => method !== 'ALL');
    expect(routes.length).toBeGreaterThan(15);
    for (const { method, path } of routes) expect(text).toContain(`\`${method} ${path}\``);
  });

  it('explains each reason a replay can be refused for', () => {
    const text = read('docs/admin-api.md');
    for (const code of ['replay_open', 'not_finished', 'route_removed', 'payload_removed', 'invalid_input']) {
      expect(text).toContain(`\`${code}\``);
    }
  });
});
