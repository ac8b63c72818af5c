// A typed client of the API for TypeScript users: paths, parameters, bodies and answers by the contract the relay itself validates with.
// Types alone come from the relay; what runs is hono/client, which is fetch. It may not import anything of the relay as a value.

import type { Hono } from 'hono';
import { type ClientRequestOptions, hc } from 'hono/client';
import type { StatusCode } from 'hono/utils/http-status';
import type * as z from 'zod';
import type { Contract } from './http/contract/contract.ts';
import type { problemSchema } from './http/contract/to-openapi.ts';

/** What every answer that is no success holds. */
export type ApiProblem = z.input<typeof problemSchema>;

type Names = keyof Contract;

type PathOf<Name> = Name extends `${string} ${infer Path}` ? Path : never;

type MethodOf<Name> = Name extends `${infer Method} ${string}`
  ? Method extends 'ALL'
    ? '$post'
    : `$${Lowercase<Method>}`
  : never;

type ParamsOf<Path extends string> = Path extends `${string}:${infer Param}/${infer Rest}`
  ? { [Key in Param]: string } & ParamsOf<`/${Rest}`>
  : Path extends `${string}:${infer Param}`
    ? { [Key in Param]: string }
    : unknown;

type HasParams<Path> = Path extends `${string}:${string}` ? true : false;

/** As they are written into an address. */
type QueryOf<Row> = Row extends { readonly query: infer Schema extends z.ZodType }
  ? { query: { [Key in keyof z.input<Schema>]: z.input<Schema>[Key] } }
  : unknown;

type BodyOf<Row> = Row extends { readonly body: infer Schema extends z.ZodType }
  ? { json: z.input<Schema> }
  : unknown;

type HeaderOf<Name> = Name extends 'POST /operations/:operation'
  ? { header: { 'idempotency-key': string; prefer?: string } }
  : unknown;

type InputOf<Name extends Names> = (HasParams<PathOf<Name>> extends true
  ? { param: ParamsOf<PathOf<Name>> }
  : unknown) &
  QueryOf<Contract[Name]> &
  BodyOf<Contract[Name]> &
  HeaderOf<Name>;

type AnswerOf<Name extends Names, Answers = Contract[Name]['answers']> = {
  [Status in keyof Answers & StatusCode]: {
    input: InputOf<Name>;
    output: Answers[Status] extends z.ZodType ? z.input<Answers[Status]> : string;
    outputFormat: Answers[Status] extends z.ZodType ? 'json' : 'text';
    status: Status;
  };
}[keyof Answers & StatusCode];

/** Of each route what hono/client has to know of it. */
export type ApiSchema = {
  [Path in PathOf<Names>]: {
    [Name in Extract<Names, `${string} ${Path}`> as MethodOf<Name>]:
      | AnswerOf<Name>
      | { input: InputOf<Name>; output: ApiProblem; outputFormat: 'json'; status: ProblemStatus };
  };
};

type ProblemStatus =
  | (400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 415 | 422 | 426 | 429 | 431)
  | (500 | 502 | 503);

export type ApiOptions = Omit<ClientRequestOptions, 'headers'> & {
  /** An API key (`hf_…`) or a token. */
  readonly key: string;
};

/** @param url where the relay is, e.g. `https://relay.example.com` */
export function createClient(url: string, { key, ...options }: ApiOptions) {
  return hc<Hono<Record<never, never>, ApiSchema>>(url, {
    ...options,
    headers: { authorization: `Bearer ${key}` },
  });
}
