// The pages of the senders: every sender has one, every page is found, and what it tells a user to import is there.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { topicsOf } from '../scripts/lib/payloads-samples.ts';
import { planSend } from '../scripts/lib/send-plan.ts';
import { senders } from '../scripts/lib/senders.ts';

const repository = resolve(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(repository, path), 'utf8');
const overview = read('docs/sources.md');
const pages = readdirSync(join(repository, 'docs/senders'));

/** Told on another sender's page. */
const shared = new Map([
  ['shippo-by-token', 'shippo'],
  ['easypost-v2', 'easypost'],
]);

describe('docs/sources.md', () => {
  it('leads to every page, and to none that is not there', () => {
    const linked = [...overview.matchAll(/senders\/([a-z0-9-]+\.md)/g)].map(([, page]) => page ?? '');
    expect([...new Set(linked)].sort()).toEqual([...pages].sort());
  });

  it('names every file with a preset', () => {
    const files = readdirSync(join(repository, 'src/core/sources')).filter((file) => {
      const text = read(`src/core/sources/${file}`);
      return /export (?:const|function) \w+[^=]*: SourcePreset|\): SourcePreset</.test(text);
    });
    const told = overview + pages.map((page) => read(`docs/senders/${page}`)).join('\n');
    const machinery = ['define-preset.ts', 'with-topics.ts', 'generic-hmac.ts', 'generic-source.ts'];
    for (const file of files.filter((each) => !machinery.includes(each)))
      expect(told).toContain(`src/core/sources/${file}`);
  });
});

describe.each(senders.filter((sender) => sender !== 'generic-hmac'))('the page of %s', (sender) => {
  it('is there', () => {
    expect(pages).toContain(`${shared.get(sender) ?? sender}.md`);
  });
});

describe.each(pages)('docs/senders/%s', (page) => {
  const text = read(`docs/senders/${page}`);

  it('imports what exists', () => {
    const imports = [...text.matchAll(/import \{ (\w+) \} from '\.\.\/(core\/[a-z0-9/-]+\.ts)'/g)];
    expect(imports.length).toBeGreaterThan(1);
    for (const [, name, path] of imports) {
      const file = join(repository, 'src', path ?? '');
      expect(existsSync(file)).toBe(true);
      expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`export (?:const|function) ${name}\\b`));
    }
  });

  it('sends a topic that has a sample', () => {
    const commands = [...text.matchAll(/npm run send -- (\S+) (\S+)/g)];
    expect(commands.length).toBeGreaterThan(0);
    for (const [, source = '', topic = ''] of commands) {
      const sender = planSend(source)?.sender;
      expect(sender === undefined || sender === null ? [] : topicsOf(sender)).toContain(topic);
    }
  });

  it.each(['## At the sender', '## Here', '## Rotating', '## Retries and answers'])('has %s', (heading) => {
    expect(text).toContain(`\n${heading}\n`);
  });
});
