// Bundles the dashboard: see scripts/local/build-dashboard.ts. Run by wrangler before a deploy (`[build]` in wrangler.toml).
import { run } from './bootstrap.mjs';

await run('build-dashboard.ts');
