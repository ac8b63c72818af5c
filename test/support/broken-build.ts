// A frozen build with a bug planted in its code, to show that what tests builds can fail. For tests only.

import type { FrozenBuild } from '../../scripts/local/frozen-build.ts';

/** @throws Error where the text to replace does not stand in the build exactly once: the bug would not be there. */
export function withPlantedBug(
  build: FrozenBuild,
  { from, to }: { readonly from: string; readonly to: string },
): FrozenBuild {
  const parts = build.code.split(from);
  if (parts.length !== 2) throw new Error(`${JSON.stringify(from)} stands ${parts.length - 1} times`);
  return { ...build, code: parts.join(to) };
}
