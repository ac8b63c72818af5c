// Bundles the dashboard's script, and says how large the first page is, compressed. Ends with 1 where it is too large.

import { buildDashboardOnce, dashboardLimitBytes, firstPageBytes } from './local/build-dashboard.ts';
import { fail } from './local/command.ts';

await buildDashboardOnce();
const bytes = firstPageBytes();
process.stdout.write(`dashboard: ${(bytes / 1024).toFixed(1)} KiB compressed\n`);
if (bytes > dashboardLimitBytes) fail(`The first page may have ${dashboardLimitBytes / 1024} KiB.`);
