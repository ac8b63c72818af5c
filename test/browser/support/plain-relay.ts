// A fresh relay with the example integrations, and a browser beside it, for all tests of a file.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { type LocalRelay, startLocalRelay } from '../../../scripts/local-relay.ts';
import { launchBrowser } from './browser.ts';

export type PlainRelay = {
  readonly relay: LocalRelay;
  readonly browser: Browser;
  readonly stop: () => Promise<void>;
};

export async function startPlainRelay(): Promise<PlainRelay> {
  const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-dashboard-'));
  const [relay, browser] = await Promise.all([
    startLocalRelay({ stateDir, scheduleEveryMs: 0 }),
    launchBrowser(),
  ]);
  const stop = async (): Promise<void> => {
    await browser.close();
    await relay.stop();
    rmSync(stateDir, { recursive: true, force: true });
  };
  return { relay, browser, stop };
}
