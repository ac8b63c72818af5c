// Where the relay may send: exactly the configured host of a target, and no private address unless the target says so.
// Pure. DNS is the platform's business; a name that is an address in any notation is refused here.

import { err, ok, type Result } from './result.ts';
import { trimEnd } from './trim-end.ts';

export type EgressProblem = { readonly reason: 'egress_refused'; readonly message: string };

/** The base URL of a target, checked once at start and again before a call. */
export function checkBaseUrl(baseUrl: string, network: 'public' | 'private'): Result<URL, EgressProblem> {
  const url = checkUrl(baseUrl, network);
  if (url.ok && (url.value.search !== '' || url.value.hash !== ''))
    return refuse('the base URL must hold no query and no fragment');
  return url;
}

/** Any URL the relay may send to, a query and all. No message repeats it: it may be a secret itself. */
export function checkUrl(text: string, network: 'public' | 'private'): Result<URL, EgressProblem> {
  if (!URL.canParse(text)) return refuse('it is no URL');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '')
    return refuse('the URL must hold no user name and no password');
  if (network === 'private') {
    return url.protocol === 'http:' || url.protocol === 'https:'
      ? ok(url)
      : refuse(`${url.protocol} is not http or https`);
  }
  if (url.protocol !== 'https:') return refuse('a target on a public network is reached by https only');
  if (isAddress(url.hostname))
    return refuse(`${url.hostname} is an address: a public target is named by a host name`);
  if (isLocalName(url.hostname))
    return refuse(`${url.hostname} is a local name: set network to private if that is meant`);
  return ok(url);
}

/** Joins a path to the base; what would leave the base's origin or its path is refused. */
export function joinPath(
  base: URL,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Result<URL, EgressProblem> {
  if (!path.startsWith('/') || path.startsWith('//')) return refuse(`path ${path} must begin with one /`);
  const prefix = trimEnd(base.pathname, '/');
  const url = new URL(`${prefix}${path}`, base.origin);
  if (url.origin !== base.origin || !url.pathname.startsWith(`${prefix}/`))
    return refuse(`path ${path} leaves the base URL`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return ok(url);
}

/** The URL parser writes every IPv4 notation (decimal, hex, octal, short) in dotted form and IPv6 in brackets. */
function isAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^\d{1,3}(\.\d{1,3}){3}$/.test(hostname);
}

function isLocalName(hostname: string): boolean {
  // One dot at the end is the root of all names: `localhost.` is `localhost`.
  const name = trimEnd(hostname, '.');
  return !name.includes('.') || /\.(localhost|local|internal|home\.arpa)$/.test(name);
}

function refuse(message: string): Result<never, EgressProblem> {
  return err({ reason: 'egress_refused', message });
}
