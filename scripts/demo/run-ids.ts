// Ids that no other run has used: each carries the run's token, so that a run can be repeated on the same state and
// recognises its own documents among all that is there. Pure.

export type RunIds = {
  /** Eleven digits, part of every id of the run. */
  readonly token: string;
  /** A number of 13 digits, as the shops use them. `place`: 0 to 99, its own within the run. */
  number(place: number): number;
  /** A text with the token in it: `pi_17640123456a`. */
  text(prefix: string, suffix?: string | number): string;
  /** True where the id is one of this run's. */
  owns(id: string | null | undefined): boolean;
};

/** Another run may start this much later at the earliest, ms: nobody starts two in a tenth of a second. */
const tokenStepMs = 100;

export function createRunIds(startedAt: number): RunIds {
  const token = String(Math.floor(startedAt / tokenStepMs));
  return {
    token,
    number: (place) => Number(`${token}${String(place).padStart(2, '0')}`),
    text: (prefix, suffix = '') => `${prefix}${token}${suffix}`,
    owns: (id) => id?.includes(token) ?? false,
  };
}
