// A page of docs/ → HTML as a relay serves it at /docs: no script, no style in the text, nothing of another host. Links lead to
// pages of the same relay; what a relay does not serve (sources, configuration) is named and not linked.

import { posix } from 'node:path';
import { Marked, type Tokens } from 'marked';
import { escapeHtml } from '../../src/http/escape-html.ts';
import type { DocsPage } from './docs-pages.ts';
import { createAnchors, plainText, resolveLink, unescapeHtml } from './markdown-pages.ts';
import { isMark, parseInfo, snippetMarks } from './snippets.ts';

export type Site = {
  readonly sections: readonly (readonly [section: string, pages: readonly DocsPage[]])[];
  /** Files below docs/ that are served as they are. */
  readonly files: ReadonlySet<string>;
  /** Pages below docs/, by path. */
  readonly pages: ReadonlySet<string>;
};

/** Where a page is at a relay. */
export function toAddress(path: string): string {
  return path === 'README.md' ? '/docs' : `/docs/${path.replace(/\.md$/, '')}`;
}

function addressOf(site: Site, page: string, href: string): string | null {
  const target = resolveLink(posix.join('docs', page), href);
  if (target === null) return href;
  const below = posix.relative('docs', target.path);
  const anchor = target.anchor === '' ? '' : `#${target.anchor}`;
  if (site.pages.has(below)) return `${toAddress(below)}${anchor}`;
  return site.files.has(below) ? `/docs/${below}` : null;
}

export function renderPage(site: Site, path: string, text: string): string {
  const anchor = createAnchors();
  const marked = new Marked({ gfm: true });
  marked.use({
    renderer: {
      heading({ tokens, depth }: Tokens.Heading): string {
        const id = anchor(unescapeHtml(plainText(tokens)));
        return `<h${depth} id="${escapeHtml(id)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link): string {
        const inner = this.parser.parseInline(tokens);
        const address = addressOf(site, path, href);
        return address === null
          ? `<span title="${escapeHtml(href)}">${inner}</span>`
          : `<a href="${escapeHtml(address)}">${inner}</a>`;
      },
      image({ href, text: alt }: Tokens.Image): string {
        const address = addressOf(site, path, href);
        return address === null
          ? escapeHtml(alt)
          : `<img src="${escapeHtml(address)}" alt="${escapeHtml(alt)}">`;
      },
      table(token: Tokens.Table): string {
        const cell = (name: 'th' | 'td') => (each: Tokens.TableCell) => {
          // A head without a word is none.
          const tag = each.text === '' ? 'td' : name;
          return `<${tag}>${this.parser.parseInline(each.tokens)}</${tag}>`;
        };
        const rows = token.rows.map((row) => `<tr>${row.map(cell('td')).join('')}</tr>`).join('\n');
        // In a frame of its own that scrolls: a wide table does not widen the page of a phone.
        return `<div class="table" tabindex="0"><table><thead><tr>${token.header.map(cell('th')).join('')}</tr></thead>\n<tbody>${rows}</tbody></table></div>\n`;
      },
      code({ text, lang = '' }: Tokens.Code): string {
        const mark = parseInfo(lang).words.find(isMark);
        const note = mark === undefined ? '' : `<p class="mark">${escapeHtml(snippetMarks[mark])}</p>`;
        return `${note}<pre tabindex="0"><code>${escapeHtml(text)}\n</code></pre>\n`;
      },
      html: () => '',
    },
  });
  const body = marked.parse(text, { async: false });
  const title = /^# (.+)$/m.exec(text)?.[1]?.replaceAll('`', '') ?? path;
  return frame({ title, body, nav: renderNav(site, path) });
}

function renderNav({ sections }: Site, current: string): string {
  const parts = sections.map(([section, pages]) => {
    const items = pages.map(({ path, title }) => {
      const here = path === current ? ' aria-current="page"' : '';
      return `<li><a href="${toAddress(path)}"${here}>${escapeHtml(title)}</a></li>`;
    });
    return `<h2>${escapeHtml(section)}</h2><ul>${items.join('')}</ul>`;
  });
  return parts.join('\n');
}

function frame({
  title,
  body,
  nav,
}: {
  readonly title: string;
  readonly body: string;
  readonly nav: string;
}): string {
  const whole = title === 'Holdfast' ? 'Holdfast' : `${title} · Holdfast`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(whole)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/docs/style.css"></head>
<body><a class="skip" href="#main">To the text</a>
<header><a href="/docs">Holdfast</a> <a href="#pages">Pages</a> <a href="/docs/api">API</a> <a href="/">Dashboard</a></header>
<div class="page"><main id="main">${body}</main>
<nav id="pages" aria-label="Pages">${nav}</nav></div></body></html>
`;
}
