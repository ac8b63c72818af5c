// Entry of `npm run smoke`: see bootstrap.mjs for how it gets from a bare clone to smoke.ts.
import { run } from './bootstrap.mjs';

await run('smoke.ts');
