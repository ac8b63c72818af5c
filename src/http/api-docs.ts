// GET /openapi.json and GET /docs/api: the API as a description and as a page made of it. The page is HTML alone: no script, nothing of
// another host, and nothing in it that was not written here.

import type { Hono } from 'hono';
import { type RouteRule, routeRules } from './access/route-rules.ts';
import { contract } from './contract/contract.ts';
import type { ContractRow } from './contract/row.ts';
import { type Json, problemCodes, toOpenApi, toSchema } from './contract/to-openapi.ts';
import { escapeHtml } from './escape-html.ts';
import type { HttpEnv } from './services.ts';

const styleHeader = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

export function routeApiDocs(app: Hono<HttpEnv>): void {
  // Made once an isolate, and not before somebody asks: it costs some ms and no webhook needs it.
  let description: Json | null = null;
  let page: string | null = null;
  app.get('/openapi.json', (c) => {
    description ??= toOpenApi(contract, routeRules);
    return c.json(description);
  });
  app.get('/docs/api', (c) => {
    page ??= renderPage();
    c.header('content-security-policy', styleHeader);
    return c.html(page);
  });
}

const style = `body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1a1a1a;background:#fff}
code,pre{font:14px/1.4 ui-monospace,monospace}pre{overflow:auto;background:#f4f4f4;padding:.75rem}
summary{cursor:pointer;padding:.25rem 0}summary b{display:inline-block;min-width:4rem}details{border-top:1px solid #ddd}
td,th{text-align:left;vertical-align:top;padding:.15rem 1rem .15rem 0}
@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#161616}pre{background:#222}a{color:#8ab4f8}details{border-color:#333}}`;

function renderPage(): string {
  const rows = Object.entries(contract) as [string, ContractRow][];
  const tags = [...new Set(rows.map(([, { tag }]) => tag))];
  const parts = tags.map((tag) => {
    const own = rows.filter(([, row]) => row.tag === tag).map(([name, row]) => renderRow(name, row));
    return `<h2>${escapeHtml(tag)}</h2>\n${own.join('\n')}`;
  });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Holdfast API</title>
<meta name="viewport" content="width=device-width"><style>${style}</style></head><body><h1>Holdfast API</h1>
<p><a href="/docs">All pages</a>. As OpenAPI 3.1: <a href="/openapi.json">/openapi.json</a>. Errors are RFC 9457 problems; each <code>code</code> is explained at
<code>/problems/:code</code>.</p>
${parts.join('\n')}</body></html>\n`;
}

function renderRow(name: string, row: ContractRow): string {
  const [method = '', path = ''] = name.split(' ');
  const rule = routeRules[name];
  const { query, body, headers = {}, answers } = row;
  return [
    `<details><summary><b>${method}</b> <code>${escapeHtml(path)}</code> ${escapeHtml(row.summary)}</summary>`,
    `<p>${accessText(rule)}</p>`,
    ...Object.entries(headers).map(
      ([header, text]) => `<p><code>${escapeHtml(header)}</code>: ${escapeHtml(text)}</p>`,
    ),
    ...(query === undefined ? [] : [section('Query', toSchema(query))]),
    ...(body === undefined ? [] : [section('Body', toSchema(body))]),
    ...Object.entries(answers).map(([status, answer]) =>
      'contentType' in answer
        ? `<p>${status}: ${escapeHtml(answer.contentType)}</p>`
        : section(status, toSchema(answer)),
    ),
    `<p>Problems: ${problemCodes(name, row, rule).map(linkTo).join(' ')}</p></details>`,
  ].join('\n');
}

function accessText(rule: RouteRule | undefined): string {
  if (rule?.access === 'scoped')
    return `Scope: ${rule.anyOf.map((scope) => `<code>${scope}</code>`).join(' or ')}`;
  return rule?.access === 'signed' ? 'Signed by the sender.' : 'Needs no key.';
}

function section(title: string, schema: Json): string {
  return `<details><summary>${escapeHtml(title)}</summary><pre>${escapeHtml(JSON.stringify(schema, null, 2))}</pre></details>`;
}

function linkTo(code: string): string {
  return `<a href="/problems/${code}">${code}</a>`;
}
