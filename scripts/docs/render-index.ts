// docs/README.md: the pages that are there, in the order they are read in.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../local/command.ts';
import { type DocsPage, docsSections } from './docs-pages.ts';
import { generatedNote } from './markdown.ts';

export function pagesThere(): readonly (readonly [section: string, pages: readonly DocsPage[]])[] {
  return Object.entries(docsSections).map(([section, pages]) => [
    section,
    pages.filter(({ path }) => existsSync(join(repository, 'docs', path))),
  ]);
}

export function renderIndex(): string {
  const parts = pagesThere().map(([section, pages]) => {
    const rows = pages.map(({ path, title, says }) => `- [${title}](${path}) — ${says}`);
    return `## ${section}\n\n${rows.join('\n')}`;
  });
  return `${generatedNote}
# Holdfast

A webhook relay for ERPs. What it is and what it promises: [README](../README.md). A running relay serves these pages at \`/docs\`.

${parts.join('\n\n')}

Senders have a page each, listed on [Senders](sources.md).
`;
}
