// The Markdown of docs/ read as pages: where they are, their headings with the anchors GitHub gives them, and their links. Reads files
// and writes none.

import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { marked, type Token, type Tokens } from 'marked';
import { repository } from '../local/command.ts';

/** Below docs/, sorted. */
export function listPages(): readonly string[] {
  return readdirSync(join(repository, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.md'))
    .sort();
}

export function readPage(path: string): string {
  return readFileSync(join(repository, 'docs', path), 'utf8');
}

/** What GitHub makes of a heading: letters, digits, hyphens and underscores; blanks become hyphens. */
export function toAnchor(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}

/** Gives the second of two equal headings the number that GitHub gives it. */
export function createAnchors(): (heading: string) => string {
  const seen = new Map<string, number>();
  return (heading) => {
    const anchor = toAnchor(heading);
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  };
}

/** As it is read, without its marks. */
export function plainText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if ('tokens' in token && token.tokens !== undefined) return plainText(token.tokens);
      return 'text' in token ? String(token.text) : '';
    })
    .join('');
}

export function anchorsOf(text: string): ReadonlySet<string> {
  const anchor = createAnchors();
  const headings = marked.lexer(text).filter((token): token is Tokens.Heading => token.type === 'heading');
  return new Set(headings.map(({ tokens }) => anchor(unescapeHtml(plainText(tokens)))));
}

export function unescapeHtml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

export function linksOf(text: string): readonly string[] {
  const links: string[] = [];
  void marked.walkTokens(marked.lexer(text), (token) => {
    if (token.type === 'link' || token.type === 'image') links.push(String(token.href));
  });
  return links;
}

export type LinkTarget = { readonly path: string; readonly anchor: string };

/** Where a relative link of a page leads, from the root of the repository; null: out of it. */
export function resolveLink(page: string, href: string): LinkTarget | null {
  if (/^[a-z][a-z0-9+.-]*:/i.test(href)) return null;
  const [path = '', anchor = ''] = href.split('#');
  const base = posix.dirname(page);
  return { path: path === '' ? page : posix.normalize(posix.join(base, path)), anchor };
}
