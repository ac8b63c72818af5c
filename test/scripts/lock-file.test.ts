// The lock file installs on every platform: `npm ci` refuses one that lacks an optional binary a package names, and a lock
// made where the registry does not have it yet lacks it silently.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

type Lock = {
  readonly packages: Readonly<
    Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>
  >;
};

it('holds every optional binary that its packages name', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
    ),
  );
  expect(missing).toEqual([]);
});

it('has one workerd and one wrangler', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
  for (const name of ['workerd', 'wrangler', 'miniflare']) {
    expect(Object.keys(packages).filter((path) => path.endsWith(`node_modules/${name}`))).toHaveLength(1);
  }
});
