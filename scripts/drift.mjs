// Entry of `npm run drift`: see bootstrap.mjs for how it gets from a bare clone to drift.ts.
import { run } from './bootstrap.mjs';

await run('drift.ts');
