// What one route of the API takes and answers: a row of the contract. The schemas of bodies and queries are the very ones the
// handler validates with; those of answers are held against real answers by the tests, and cost a request nothing.

import type * as z from 'zod';
import type { ProblemCode } from '../problems.ts';

/** What one status answers with. */
export type AnswerBody =
  | z.ZodType
  /** A body of another type than JSON. */
  | { readonly contentType: string };

export type ContractRow = {
  /** One sentence, in the imperative. */
  readonly summary: string;
  readonly tag: string;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** By parameter of the path, where it is more than a text. */
  readonly params?: Readonly<Record<string, z.ZodType>>;
  /** Request headers that mean something here, with what. */
  readonly headers?: Readonly<Record<string, string>>;
  /** By status: the answers that are no problem. */
  readonly answers: Readonly<Record<number, AnswerBody>>;
  /** The answer where the query selects `fields`. */
  readonly selected?: z.ZodType;
  /** Its own problems, beside those that every route with a key, a query or a body may answer. */
  readonly problems: readonly ProblemCode[];
  /** Its answer is conditional (`conditional.ts`): shown with an `ETag`, or changed only where `If-Match` holds. */
  readonly conditional?: 'shown' | 'changed';
};

/** By `METHOD /path`, as the table of access names them. */
export type ContractPart = Readonly<Record<string, ContractRow>>;
