// Makes what a relay serves as files: the dashboard's script and the pages of docs/. Says how large the dashboard's first page is,
// compressed, and ends with 1 where it is too large.

import { buildDashboardOnce, dashboardLimitBytes, firstPageBytes } from './local/build-dashboard.ts';
import { buildDocsOnce } from './local/build-docs.ts';
import { fail } from './local/command.ts';

await buildDashboardOnce();
await buildDocsOnce();
const bytes = firstPageBytes();
process.stdout.write(`dashboard: ${(bytes / 1024).toFixed(1)} KiB compressed\n`);
if (bytes > dashboardLimitBytes) fail(`The first page may have ${dashboardLimitBytes / 1024} KiB.`);
