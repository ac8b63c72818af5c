// Reads signed content from a template such as `v0:{timestamp}:{body}`. Pure; what a placeholder means is in scheme.ts.

import type { SignedPart } from './scheme.ts';

const placeholder = /\{([^{}]*)\}/g;

const parts: ReadonlyMap<string, SignedPart> = new Map<string, SignedPart>([
  ['body', { kind: 'raw' }],
  ['body_base64', { kind: 'raw_base64' }],
  ['timestamp', { kind: 'timestamp' }],
  ['method', { kind: 'method' }],
  ['url', { kind: 'url' }],
  ['path', { kind: 'url_path' }],
]);

/** @param refuse is called with a name that is no placeholder, and does not come back */
export function parseTemplate(template: string, refuse: (name: string) => never): readonly SignedPart[] {
  const found: SignedPart[] = [];
  let end = 0;
  for (const match of template.matchAll(placeholder)) {
    if (match.index > end) found.push({ kind: 'text', text: template.slice(end, match.index) });
    const name = match[1] ?? '';
    const header = name.startsWith('header:') ? name.slice('header:'.length) : null;
    found.push(header === null ? (parts.get(name) ?? refuse(name)) : { kind: 'header', name: header });
    end = match.index + match[0].length;
  }
  if (end < template.length) found.push({ kind: 'text', text: template.slice(end) });
  return found;
}
