// Entry of `npm run test:vectors`: see bootstrap.mjs for how it gets from a bare clone to test-vectors.ts.
import { run } from './bootstrap.mjs';

await run('test-vectors.ts');
