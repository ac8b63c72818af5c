// Entry of `npm run scale`: see bootstrap.mjs for how it gets from a bare clone to bench/scale/scale.ts.
import { run } from './bootstrap.mjs';

await run('../bench/scale/scale.ts');
