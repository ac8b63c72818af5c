// Entry of `npm run bench`: see bootstrap.mjs for how it gets from a bare clone to bench/bench.ts.
import { run } from './bootstrap.mjs';

await run('../bench/bench.ts');
