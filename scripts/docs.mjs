// Entry of `npm run docs`: see bootstrap.mjs for how it gets from a bare clone to docs.ts.
import { run } from './bootstrap.mjs';

await run('docs.ts');
