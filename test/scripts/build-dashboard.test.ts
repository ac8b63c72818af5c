// The dashboard's first page stays small enough for a phone on a bad line, and names nothing of another host.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  buildDashboardOnce,
  dashboardLimitBytes,
  firstPageBytes,
} from '../../scripts/local/build-dashboard.ts';

it('has a first page below the limit, compressed', async () => {
  await buildDashboardOnce();
  expect(dashboardLimitBytes).toBe(150 * 1024);
  expect(firstPageBytes()).toBeLessThan(dashboardLimitBytes);
});

it('loads its own files alone, and has nothing inline that would run', () => {
  const page = readFileSync('dashboard/public/index.html', 'utf8');
  expect(page).not.toMatch(/https?:|\son\w+=|style=|javascript:/);
  expect([...page.matchAll(/<script([^>]*)>([^<]*)</g)].map(([, , text]) => text)).toEqual(['']);
});
