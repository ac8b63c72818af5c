// Entry of `npm run chaos`: see bootstrap.mjs for how it gets from a bare clone to chaos.ts.
import { run } from './bootstrap.mjs';

await run('chaos.ts');
