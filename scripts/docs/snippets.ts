// The fenced blocks of README.md and docs/: what language each is in, and how it is checked. A block that cannot be run or compiled
// says so behind its language, in one of a few words; the pages at /docs show that word's meaning.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { marked, type Tokens } from 'marked';
import { repository } from '../local/command.ts';
import { listPages } from './markdown-pages.ts';

/** Why a block is not run or compiled as it stands. */
export const snippetMarks = {
  account: 'needs a Cloudflare account',
  long: 'runs until it is stopped, or for minutes',
  example: 'with values of yours in it',
  fragment: 'a part of a file',
} as const;

export type SnippetMark = keyof typeof snippetMarks;

export type Snippet = {
  /** From the root of the repository. */
  readonly path: string;
  /** Of all blocks of the page, from 1. */
  readonly number: number;
  readonly language: string;
  /** All of its first line behind the fence. */
  readonly info: string;
  readonly mark: SnippetMark | null;
  readonly text: string;
};

export function isMark(word: string): word is SnippetMark {
  return Object.hasOwn(snippetMarks, word);
}

/** `sh account`: the language, and the mark behind it. */
export function parseInfo(info: string): { readonly language: string; readonly words: readonly string[] } {
  const [language = '', ...words] = info.trim().split(/\s+/);
  return { language, words };
}

export function snippetsOf(path: string): readonly Snippet[] {
  const blocks: Tokens.Code[] = [];
  void marked.walkTokens(marked.lexer(readFileSync(join(repository, path), 'utf8')), (token) => {
    if (token.type === 'code' && token.codeBlockStyle !== 'indented') blocks.push(token as Tokens.Code);
  });
  return blocks.map(({ lang = '', text }, index) => {
    const { language, words } = parseInfo(lang);
    return { path, number: index + 1, language, info: lang, mark: words.find(isMark) ?? null, text };
  });
}

export function allSnippets(): readonly Snippet[] {
  return ['README.md', 'SECURITY.md', ...listPages().map((page) => `docs/${page}`)].flatMap(snippetsOf);
}
