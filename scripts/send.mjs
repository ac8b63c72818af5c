// Entry of `npm run send`: see bootstrap.mjs for how it gets from a bare clone to send.ts.
import { run } from './bootstrap.mjs';

await run('send.ts');
