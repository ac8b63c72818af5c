// Every relative link in README.md and docs/ leads to a file that is there, and, with an anchor, to a heading that is; and the pages as a
// relay serves them hold what the text holds, and run nothing.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  anchorsOf,
  linksOf,
  listPages,
  readPage,
  resolveLink,
  toAnchor,
} from '../scripts/docs/markdown-pages.ts';
import { renderPage } from '../scripts/docs/render-site.ts';
import { snippetMarks } from '../scripts/docs/snippets.ts';
import { readSite } from '../scripts/local/build-docs.ts';

const repository = resolve(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(repository, path), 'utf8');
const pages = ['README.md', 'SECURITY.md', ...listPages().map((page) => `docs/${page}`)];
const anchors = new Map(pages.map((page) => [page, anchorsOf(read(page))]));

describe.each(pages)('%s', (page) => {
  it('leads only to what is there', () => {
    const wrong = linksOf(read(page)).flatMap((href) => {
      const target = resolveLink(page, href);
      if (target === null) return [];
      if (!existsSync(join(repository, target.path))) return [href];
      const known = anchors.get(target.path);
      return target.anchor === '' || known === undefined || known.has(target.anchor) ? [] : [href];
    });
    expect(wrong).toEqual([]);
  });
});

describe('the pages at /docs', () => {
  const site = readSite();

  it('run nothing, and load nothing of another host', () => {
    for (const page of listPages()) {
      const html = renderPage(site, page, readPage(page));
      expect(html, page).not.toMatch(/<script|<iframe|<style|\sstyle=|\son\w+=|javascript:/i);
      expect(html, page).not.toMatch(/(?:src|href)="(?:https?:)?\/\/[^"]*\.(?:css|js|png|svg)"/);
    }
  });

  it('lead to one another, to anchors there are, and name what is not served', () => {
    const html = renderPage(
      site,
      'guides/x.md',
      '[a](../deploying.md#1-log-in) [b](../../src/worker.ts) ![c](../images/way-of-a-webhook.svg)',
    );
    expect(html).toContain('<a href="/docs/deploying#1-log-in">a</a>');
    expect(html).toContain('<span title="../../src/worker.ts">b</span>');
    expect(html).toContain('<img src="/docs/images/way-of-a-webhook.svg" alt="c">');
  });

  it('show raw markup as nothing, and the mark of a block as its meaning', () => {
    const html = renderPage(
      site,
      'x.md',
      '<img src=x onerror=alert(1)>\n\n```sh account\nnpm run deploy\n```\n',
    );
    expect(html).not.toContain('onerror');
    expect(html).toContain(snippetMarks.account);
    expect(html).toContain('<code>npm run deploy\n</code>');
  });

  it('have the anchors that GitHub gives', () => {
    expect(toAnchor('3. Set what is yours')).toBe('3-set-what-is-yours');
    expect(toAnchor('Reading everything: `/sandbox/state`'.replaceAll('`', ''))).toBe(
      'reading-everything-sandboxstate',
    );
  });
});
