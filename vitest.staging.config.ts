// The staging suite's own runner: one file after the other, because each brings a server and a runtime of its own, and the
// moments at which things fail are part of what is tested.
import { defineConfig } from 'vitest/config';

const isNamed = (process.env.STAGING_TARGET ?? '') !== '';

export default defineConfig({
  test: {
    name: 'staging',
    root: import.meta.dirname,
    // A user's instance is not killed, locked or cut off: what fails on purpose is left to the suite's own server.
    include: isNamed ? ['test/staging/documents.test.ts'] : ['test/staging/**/*.test.ts'],
    silent: 'passed-only',
    isolate: false,
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
