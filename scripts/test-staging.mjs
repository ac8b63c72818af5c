// Entry of `npm run test:staging`: see bootstrap.mjs for how it gets from a bare clone to test-staging.ts.
import { run } from './bootstrap.mjs';

await run('test-staging.ts');
