// Entry of `npm run deploy`: see bootstrap.mjs for how it gets from a bare clone to deploy.ts.
import { run } from './bootstrap.mjs';

await run('deploy.ts');
