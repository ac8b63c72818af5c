// The minute's schedule of a local relay: it runs, and it never stops the process that reads the runtime's log lines. One that
// waited with its thread asleep would wait for ever beside a busy relay, whose log lines nobody then reads.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';

const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-schedule-'));
let relay: LocalRelay;

beforeAll(async () => {
  relay = await startLocalRelay({ stateDir, scheduleEveryMs: 0 });
});

afterAll(async () => {
  await relay?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

describe('the schedule of a local relay', () => {
  it('runs the scheduled handler', async () => {
    await expect(relay.runScheduled()).resolves.toBeUndefined();
  });

  it('leaves this process running while the runtime does not answer', async () => {
    process.kill(relay.runtimePid, 'SIGSTOP');
    // Woken by another process, so that a process asleep would find out too.
    spawn('sh', ['-c', `sleep 2; kill -CONT ${relay.runtimePid}`], { stdio: 'ignore' });
    const stoppedAt = performance.now();
    const run = relay.runScheduled();
    await new Promise((resolve) => setImmediate(resolve));
    expect(performance.now() - stoppedAt).toBeLessThan(1_000);
    await run;
    expect(performance.now() - stoppedAt).toBeGreaterThan(1_000);
  });
});
