// Makes the pages of docs/ into dashboard/public/docs, where the relay serves them from. Once in a process. It may write nothing
// else, and reads nothing but docs/.

import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { listPages, readPage } from '../docs/markdown-pages.ts';
import { pagesThere } from '../docs/render-index.ts';
import { renderPage, type Site } from '../docs/render-site.ts';
import { repository } from './command.ts';
import { writeIfOther } from './write-if-other.ts';

const output = join(repository, 'dashboard/public/docs');

/** What is served as it stands in docs/. */
const servedKinds = /\.(?:svg|png|json)$/;

let built: Promise<void> | undefined;

export function buildDocsOnce(): Promise<void> {
  built ??= Promise.resolve().then(buildDocs);
  return built;
}

export function readSite(): Site {
  const all = readdirSync(join(repository, 'docs'), { recursive: true, encoding: 'utf8' });
  const files = all.map((path) => path.replaceAll('\\', '/')).filter((path) => servedKinds.test(path));
  return { sections: pagesThere(), files: new Set(files), pages: new Set(listPages()) };
}

function buildDocs(): void {
  const site = readSite();
  const wanted = new Map<string, Uint8Array | string>([
    ['style.css', readFileSync(join(repository, 'scripts/docs/site.css'), 'utf8')],
    ...[...site.files].map((path) => [path, readFileSync(join(repository, 'docs', path))] as const),
    ...[...site.pages].map((path) => [toFile(path), renderPage(site, path, readPage(path))] as const),
  ]);
  for (const [path, content] of wanted) writeIfOther(join(output, path), content);
  const there = existsSync(output) ? readdirSync(output, { recursive: true, withFileTypes: true }) : [];
  for (const entry of there) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(output.length + 1).replaceAll('\\', '/');
    if (entry.isFile() && !wanted.has(name) && !name.endsWith('.partial')) rmSync(path, { force: true });
  }
}

function toFile(path: string): string {
  return path === 'README.md' ? 'index.html' : path.replace(/\.md$/, '.html');
}
