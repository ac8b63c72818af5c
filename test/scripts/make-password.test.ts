import { expect, it } from 'vitest';
import { makePassword } from '../../scripts/tryton/make-password.ts';

it('a password for Tryton has 24 characters, none of them twice, and is another one each time', () => {
  const made = Array.from({ length: 50 }, makePassword);
  for (const password of made) expect(new Set(password).size).toBe(24);
  expect(new Set(made).size).toBe(50);
});
