// Entry of `npm run staging:diff`: see bootstrap.mjs for how it gets from a bare clone to staging-diff.ts.
import { run } from './bootstrap.mjs';

await run('staging-diff.ts');
