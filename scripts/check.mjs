// Entry of `npm run check`: see bootstrap.mjs for how it gets from a bare clone to check.ts.
import { run } from './bootstrap.mjs';

await run('check.ts');
