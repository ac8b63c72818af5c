// Entry of `npm run dev`: see bootstrap.mjs for how it gets from a bare clone to dev.ts.
import { run } from './bootstrap.mjs';

await run('dev.ts');
