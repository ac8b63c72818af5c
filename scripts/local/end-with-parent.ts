// Ends this process cleanly when it is told to, or when the command that started it is gone.
// It has to be called before the runtime starts: its listeners must be the first, for Miniflare's end the process
// with a failure code.

/**
 * From now on SIGINT, SIGTERM, SIGHUP and the end of the starting command (even by SIGKILL: bootstrap.mjs holds a
 * channel to it) end this process with code 0. What runs in it ends in its `exit` listeners, the runtime among them.
 */
export function endWithParent(): void {
  const end = () => process.exit(0);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, end);
  }
  if (process.channel !== undefined) {
    process.on('disconnect', end);
    // The listener alone would keep a finished script alive.
    process.channel.unref();
  }
}
