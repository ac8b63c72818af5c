// Entry of `npm test`: see bootstrap.mjs for how it gets from a bare clone to test.ts.
import { run } from './bootstrap.mjs';

await run('test.ts');
