// The watchdog: knocks at sequencers, so that one whose alarm was lost gets one again. An alarm is normally there first.

/** Each sequencer is knocked at once in so many runs (minutes): a lost alarm is rare, and every knock is a paid request. */
export const watchdogRounds = 5;

export async function knock(
  namespace: Env['SEQUENCER'],
  names: readonly string[],
  round: number,
): Promise<readonly string[]> {
  const due = names.filter((_, index) => index % watchdogRounds === round % watchdogRounds);
  const failed: string[] = [];
  await Promise.all(
    due.map(async (name) => {
      try {
        await namespace.get(namespace.idFromName(name)).wake();
      } catch {
        failed.push(name);
      }
    }),
  );
  return failed;
}
