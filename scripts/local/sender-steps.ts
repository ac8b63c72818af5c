// What is done at each sender, as its page in docs/senders says it, for the dashboard's set-up pages: one truth for both. Reads
// those pages; writes nothing.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** By the sender's name, as its page is called; `{address}` stands for the source's own. */
export type SenderSteps = Readonly<Record<string, readonly string[]>>;

export function readSenderSteps(repository: string): SenderSteps {
  const directory = join(repository, 'docs/senders');
  const pages = readdirSync(directory).filter((name) => name.endsWith('.md'));
  return Object.fromEntries(
    pages.map((name) => [name.slice(0, -'.md'.length), stepsOf(readFileSync(join(directory, name), 'utf8'))]),
  );
}

function stepsOf(page: string): readonly string[] {
  const [, section = ''] = page.split(/^## At the sender$/m);
  const [own = ''] = section.split(/^## /m);
  const numbered = own.split('\n').filter((line) => /^\d+\. /.test(line));
  // Where nothing is to be done by hand, the page says why in a paragraph.
  const steps = numbered.length > 0 ? numbered : own.trim().split(/\n\n+/);
  return steps.map((step) => toText(step.replace(/^\d+\. /, '').replaceAll('\n', ' ')));
}

function toText(markdown: string): string {
  return markdown
    .replace(/https:\/\/<relay>\/hooks\/[a-z0-9-]+/g, '{address}')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*]/g, '')
    .trim();
}
