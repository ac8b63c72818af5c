// Entry of `npm run demo`: see bootstrap.mjs for how it gets from a bare clone to demo.ts.
import { run } from './bootstrap.mjs';

await run('demo.ts');
