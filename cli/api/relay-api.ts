// Calls of a relay's admin API, each by the name it has in the contract and typed by it. It sends a key to the address it was made
// for and follows no redirect; whatever goes wrong comes back as a value. Never retries.

import type * as z from 'zod';
import type { ApiProblem } from '../../src/client.ts';
import { err, ok, type Result } from '../../src/core/result.ts';
import type { Contract } from '../../src/http/contract/contract.ts';
import type { Failure } from './failure.ts';

export type RouteName = keyof Contract;

type OkStatus = 200 | 201 | 202;

/** What a route answers where all is well. */
export type Answer<Name extends RouteName, Answers = Contract[Name]['answers']> = {
  [Status in keyof Answers & OkStatus]: Answers[Status] extends z.ZodType ? z.input<Answers[Status]> : string;
}[keyof Answers & OkStatus];

type BodyOf<Name extends RouteName> = Contract[Name] extends { readonly body: infer Body extends z.ZodType }
  ? z.input<Body>
  : never;

export type Request<Name extends RouteName> = {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: BodyOf<Name>;
};

export type Relay = {
  readonly url: string;
  /** Sent to `url` and nowhere else. */
  readonly key: string;
  call<Name extends RouteName>(name: Name, request?: Request<Name>): Promise<Result<Answer<Name>, Failure>>;
  /** The answer as it comes, for what is too long to hold. */
  stream(path: string): Promise<Result<ReadableStream<Uint8Array>, Failure>>;
};

/** The longest an answer may take to begin, ms: a bulk act looks through every partition. */
const timeoutMs = 60_000;

export function createRelayApi(url: string, key: string): Relay {
  const send = (path: string, init: RequestInit) => sendOnce(`${url}${path}`, init, key);
  return {
    url,
    key,
    call: async (name, { params = {}, query = {}, body } = {}) => {
      const [method = 'GET', pattern = ''] = name.split(' ');
      const path = `${toPath(pattern, params)}${toQuery(query)}`;
      const sent = await send(path, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!sent.ok) return sent;
      return readAnswer(url, sent.value);
    },
    stream: async (path) => {
      const sent = await send(path, { method: 'GET' });
      if (!sent.ok) return sent;
      const { value: response } = sent;
      if (!response.ok) return refused(url, response, await response.text());
      return response.body === null
        ? err({ kind: 'unreachable', url, message: 'the answer is empty' })
        : ok(response.body as ReadableStream<Uint8Array>);
    },
  };
}

function toPath(pattern: string, params: Readonly<Record<string, string>>): string {
  return pattern.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}

export function toQuery(query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

async function sendOnce(url: string, init: RequestInit, key: string): Promise<Result<Response, Failure>> {
  const headers = {
    authorization: `Bearer ${key}`,
    ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    return ok(await fetch(url, { ...init, headers, redirect: 'manual', signal }));
  } catch (error) {
    return err({ kind: 'unreachable', url: new URL(url).origin, message: whyOf(error) });
  }
}

/** `fetch failed` says nothing: what failed stands in the cause. */
export function whyOf(error: unknown): string {
  const { message, cause } = error as Error;
  const { code, message: inner } = (cause ?? {}) as { code?: string; message?: string };
  return inner === undefined || inner === '' ? (code ?? message) : inner;
}

async function readAnswer<T>(url: string, response: Response): Promise<Result<T, Failure>> {
  const text = await response.text().catch(() => null);
  if (text === null) return err({ kind: 'unreachable', url, message: 'the answer was cut off' });
  if (!response.ok) return refused(url, response, text);
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  if (!isJson) return ok(text as T);
  const value = parseJson(text);
  return value === null
    ? err({ kind: 'unreachable', url, message: 'the answer is no JSON' })
    : ok(value as T);
}

function refused(url: string, response: Response, text: string): Result<never, Failure> {
  const problem = parseJson(text) as Partial<ApiProblem> | null;
  if (typeof problem?.code === 'string' && typeof problem.status === 'number')
    return err({ kind: 'problem', problem: problem as ApiProblem });
  const message = `it answered ${response.status}, and not as a relay does`;
  return err({ kind: 'unreachable', url, message });
}

function parseJson(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
