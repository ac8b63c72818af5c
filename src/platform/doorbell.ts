// A doorbell: "partition P of generation G has ready work". The only thing the queue carries; losing or doubling one is
// harmless. Carries a version, because messages cross deploys.

import * as z from 'zod';

export const doorbellSchema = z.object({
  v: z.literal(1),
  generation: z.number().int().positive(),
  partition: z.number().int().nonnegative(),
});

export type Doorbell = z.infer<typeof doorbellSchema>;

/** Name of the sequencer object of a partition. Another generation is another set of objects. */
export function sequencerName(generation: number, partition: number): string {
  return `g${generation}/p${partition}`;
}

/** @param partitions of each generation, the first first */
export function allSequencerNames(partitions: readonly number[]): readonly string[] {
  return partitions.flatMap((count, index) =>
    Array.from({ length: count }, (_, partition) => sequencerName(index + 1, partition)),
  );
}

export function parseSequencerName(
  name: string | undefined,
): { generation: number; partition: number } | null {
  const match = /^g(\d+)\/p(\d+)$/.exec(name ?? '');
  return match === null ? null : { generation: Number(match[1]), partition: Number(match[2]) };
}
