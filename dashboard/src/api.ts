// Calls of the relay with the key of this tab. What can go wrong is a value: a problem the relay states, or no answer at all.
// Notes whether the relay answers, for the banner that says so. May show nothing.

import { signal } from '@preact/signals';
import { key, signOut } from './session.ts';
import type { FieldProblem } from './wire.ts';

export type Problem = {
  readonly kind: 'problem';
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly FieldProblem[];
};

export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | Problem
  | { readonly kind: 'unreachable' };

export type Failed = Exclude<Answer<unknown>, { readonly kind: 'ok' }>;

/** Whether the last call was answered. */
export const reachable = signal(true);

/** Why the tab was signed out by the relay; empty where it was not. */
export const signedOutBecause = signal('');

/** A relay that takes longer is as good as away, ms. */
const answerTimeoutMs = 30_000;

type Act = { readonly method: string; readonly body: unknown };

/** `withKey`: another key than that of the tab, to try it. */
export async function ask<T>(path: string, act?: Act, withKey?: string): Promise<Answer<T>> {
  const answer = await askText(path, act, withKey);
  return answer.kind === 'ok' ? { kind: 'ok', value: JSON.parse(answer.value) as T } : answer;
}

/** As it comes, for what is no JSON. */
export async function askText(path: string, act?: Act, withKey?: string): Promise<Answer<string>> {
  const usedKey = withKey ?? key.value;
  try {
    const response = await fetch(path, {
      method: act?.method ?? 'GET',
      headers: {
        accept: 'application/json',
        ...(usedKey === null ? {} : { authorization: `Bearer ${usedKey}` }),
        ...(act === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(act === undefined ? {} : { body: JSON.stringify(act.body) }),
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    reachable.value = true;
    const text = await response.text();
    if (response.ok) return { kind: 'ok', value: text };
    const problem = toProblem(response.status, text);
    if (problem.status === 401 && usedKey !== null && usedKey === key.value) {
      signedOutBecause.value = 'The relay does not take this key: it is wrong, or no longer good.';
      signOut();
    }
    return problem;
  } catch {
    reachable.value = false;
    return { kind: 'unreachable' };
  }
}

/** What changes something and is no POST. */
export function put<T>(path: string, body: unknown): Promise<Answer<T>> {
  return ask<T>(path, { method: 'PUT', body });
}

export function remove<T>(path: string, body: unknown): Promise<Answer<T>> {
  return ask<T>(path, { method: 'DELETE', body });
}

export function post<T>(path: string, body: unknown): Promise<Answer<T>> {
  return ask<T>(path, { method: 'POST', body });
}

function toProblem(status: number, text: string): Problem {
  const unknown: Problem = {
    kind: 'problem',
    status,
    code: 'unknown',
    title: `Status ${status}`,
    detail: '',
    errors: [],
  };
  try {
    const { code, title, detail = '', errors = [] } = JSON.parse(text);
    return { ...unknown, code, title, detail, errors };
  } catch {
    return unknown;
  }
}

export function describe(failed: Failed): string {
  if (failed.kind === 'unreachable') return 'The relay does not answer.';
  return failed.detail === '' ? `${failed.title}.` : `${failed.title}: ${failed.detail}`;
}
