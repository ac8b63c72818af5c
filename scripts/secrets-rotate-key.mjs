// Entry of `npm run secrets:rotate-key`: see bootstrap.mjs for how it gets from a bare clone to secrets-rotate-key.ts.
import { run } from './bootstrap.mjs';

await run('secrets-rotate-key.ts');
