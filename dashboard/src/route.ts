// Where the reader is: #/page/id?filter. All state that is worth a bookmark stands in the address. Pure but for the signal.

import { signal } from '@preact/signals';

export type Route = { readonly page: string; readonly id: string | null; readonly query: URLSearchParams };

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [page = '', ...rest] = path.split('/');
  const id = rest.length === 0 ? null : decode(rest.join('/'));
  return { page: page === '' ? 'overview' : page, id, query: new URLSearchParams(query) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const route = signal<Route>(parseRoute(location.hash));

addEventListener('hashchange', () => {
  route.value = parseRoute(location.hash);
});

export function linkTo(
  page: string,
  id: string | null = null,
  query: Readonly<Record<string, string>> = {},
): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return `#/${page}${id === null ? '' : `/${encodeURIComponent(id)}`}${search === '' ? '' : `?${search}`}`;
}

export function go(href: string): void {
  location.hash = href;
}
