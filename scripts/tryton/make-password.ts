// A random password that Tryton takes: it refuses one whose characters repeat too often (a quarter of them), so here none does.

import { randomInt } from 'node:crypto';

const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** 24 characters, each once: some 138 bits. */
export function makePassword(): string {
  const left = [...alphabet];
  return Array.from({ length: 24 }, () => left.splice(randomInt(left.length), 1).join('')).join('');
}
