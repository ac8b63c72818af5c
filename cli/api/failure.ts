// What can go wrong in a command, as a value; what is said of it, and the exit code it ends with. Pure: may import types only.

import type { ApiProblem } from '../../src/client.ts';

export type Failure =
  /** The relay answered a problem (docs/reference/problems.md). */
  | { readonly kind: 'problem'; readonly problem: ApiProblem }
  /** No answer, or one that no relay gives. */
  | { readonly kind: 'unreachable'; readonly url: string; readonly message: string }
  /** What was typed cannot be done as it stands. */
  | { readonly kind: 'usage'; readonly message: string }
  /** It is not there, or outside of what the key sees. */
  | { readonly kind: 'not_found'; readonly message: string }
  /** A person said no. */
  | { readonly kind: 'cancelled' }
  /** It was done, and it did not go well. */
  | { readonly kind: 'failed'; readonly message: string };

/** The exit codes of every command, in the order of docs/cli.md. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  not_allowed: 4,
  not_found: 5,
  wrong_state: 6,
  invalid: 7,
  cancelled: 130,
} as const;

export function exitCodeOf(failure: Failure): number {
  switch (failure.kind) {
    case 'problem':
      return exitCodeOfStatus(failure.problem.status);
    case 'unreachable':
      return exitCodes.unreachable;
    case 'usage':
      return exitCodes.usage;
    case 'not_found':
      return exitCodes.not_found;
    case 'cancelled':
      return exitCodes.cancelled;
    case 'failed':
      return exitCodes.failed;
  }
}

/** Something that is away for the moment is as good as not reached: the same command may work later. */
function exitCodeOfStatus(status: number): number {
  if (status === 401 || status === 403) return exitCodes.not_allowed;
  if (status === 404) return exitCodes.not_found;
  if (status === 409) return exitCodes.wrong_state;
  if (status === 429 || status === 502 || status === 503) return exitCodes.unreachable;
  return status >= 400 && status < 500 ? exitCodes.invalid : exitCodes.failed;
}

/** For people, on several lines; it may hold what the relay said, so it has to be made printable. */
export function describeFailure(failure: Failure): string {
  switch (failure.kind) {
    case 'problem':
      return describeProblem(failure.problem);
    case 'unreachable':
      return `${failure.url} does not answer: ${failure.message}`;
    case 'cancelled':
      return 'Nothing was done.';
    default:
      return failure.message;
  }
}

function describeProblem({ status, code, title, detail, errors = [], scope, requestId }: ApiProblem): string {
  return [
    `${title} (${status} ${code})`,
    ...(detail === undefined ? [] : [`  ${detail}`]),
    ...errors.map(({ field, rule }) => `  ${field}: ${rule}`),
    ...(scope === undefined ? [] : [`  missing scope: ${scope}`]),
    `  request ${requestId}`,
  ].join('\n');
}

/** What `--json` prints of a failure, on standard error. */
export function toJsonFailure(failure: Failure): unknown {
  if (failure.kind === 'problem') return failure.problem;
  return { code: failure.kind, detail: describeFailure(failure) };
}
