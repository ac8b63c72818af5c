// Entry of `npm run freeze-build`: see bootstrap.mjs for how it gets from a bare clone to freeze-build.ts.
import { run } from './bootstrap.mjs';

await run('freeze-build.ts');
