// The first line of every system under test: that it answers, and where. It then lives until its standard input ends.

export type Announcement = {
  readonly url: string;
  readonly path: string;
  /** Versions of what it is made of. */
  readonly versions: Readonly<Record<string, string>>;
  /** Where a relay's admin API is called with. */
  readonly adminKey?: string;
};

export function announce(announcement: Announcement, stop: () => Promise<void>): void {
  process.stdout.write(`READY ${JSON.stringify(announcement)}\n`);
  process.stdin.resume();
  process.stdin.on('end', () => {
    void stop().finally(() => process.exit(0));
  });
}
