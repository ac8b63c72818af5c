// Walks the pages of a list by its cursor. A page may be short, or empty, and still have a next one.

import { ok, type Result } from '../../src/core/result.ts';
import type { Failure } from './failure.ts';

export type PageOptions = { readonly limit?: string; readonly cursor?: string; readonly all?: true };

type Page = { readonly nextCursor: string | null };

export type Walk<P extends Page> = {
  /** Undefined: from the beginning. */
  readonly cursor?: string | undefined;
  readonly all: boolean;
  readonly ask: (cursor: string | undefined) => Promise<Result<P, Failure>>;
  readonly take: (page: P) => void;
};

/** The first page, or with `all` every one, each given to `take`. Answers with the last. */
export async function walkPages<P extends Page>({
  cursor: first,
  all,
  ask,
  take,
}: Walk<P>): Promise<Result<P, Failure>> {
  let cursor = first;
  for (;;) {
    const page = await ask(cursor);
    if (!page.ok) return page;
    take(page.value);
    const { nextCursor } = page.value;
    if (!all || nextCursor === null) return ok(page.value);
    cursor = nextCursor;
  }
}
